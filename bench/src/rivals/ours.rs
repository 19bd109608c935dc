//! Ours: `send` is the thread-safe `Chan<T>`, `local` the one of a single thread; as counted ends,
//! which close as the rivals' do. The static channel of a type known whole is there twice as well.

use std::rc::Rc;
use std::sync::Arc;

use csp::lock::{Lock, SingleThread, StdLock};
use csp::{Channel, Kind, buffer};

use super::{Capacity, Rival, Rx, Tx};

pub struct Send;
pub struct Local;

const fn kind(capacity: Capacity) -> Kind {
    match capacity {
        Capacity::Fixed(0) => Kind::Rendezvous,
        Capacity::Fixed(size) => Kind::Fixed(size),
        Capacity::Unbounded => Kind::Unbounded,
    }
}

impl Rival for Send {
    const NAME: &'static str = "send";
    const OURS: bool = true;
    type Tx = OursTx<StdLock>;
    type Rx = OursRx<StdLock>;

    fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        let (tx, rx) = csp::channel(kind(capacity));
        (OursTx(tx), OursRx(rx))
    }
}

impl Rival for Local {
    const NAME: &'static str = "local";
    const OURS: bool = true;
    type Tx = OursTx<SingleThread>;
    type Rx = OursRx<SingleThread>;

    fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        let (tx, rx) = csp::local::channel(kind(capacity));
        (OursTx(tx), OursRx(rx))
    }
}

/// A channel that never asks a process to yield, as most of the rivals' do not.
pub struct SendEager;

impl Rival for SendEager {
    const NAME: &'static str = "send+without_yield";
    const OURS: bool = true;
    type Tx = OursTx<StdLock>;
    type Rx = OursRx<StdLock>;

    fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx) {
        let chan = csp::Chan::with(kind(capacity)).without_yield();
        let open = "a new channel is open";
        (OursTx(chan.sender().expect(open)), OursRx(chan.receiver().expect(open)))
    }
}

pub struct OursTx<L: Lock>(pub csp_core::Sender<u64, L>);

impl<L: Lock> Clone for OursTx<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: Lock + 'static> Tx for OursTx<L> {
    async fn send(&mut self, value: u64) -> bool {
        self.0.put(value).await.is_ok()
    }
}

pub struct OursRx<L: Lock>(pub csp_core::Receiver<u64, L>);

impl<L: Lock> Clone for OursRx<L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<L: Lock + 'static> Rx for OursRx<L> {
    async fn recv(&mut self) -> Option<u64> {
        self.0.take().await.ok()
    }
}

/// The rendezvous channel whose buffer and lock are known to the compiler.
pub struct StaticSend;
pub struct StaticLocal;

macro_rules! fixed_type {
    ($rival:ident, $handle:ident, $lock:ty, $name:literal) => {
        impl Rival for $rival {
            const NAME: &'static str = $name;
            const OURS: bool = true;
            type Tx = $handle;
            type Rx = $handle;

            fn lacks(capacity: Capacity) -> Option<&'static str> {
                (capacity != Capacity::Fixed(0)).then_some("measured as a rendezvous only")
            }

            fn channel(_capacity: Capacity) -> (Self::Tx, Self::Rx) {
                let channel = <$handle>::default();
                (channel.clone(), channel)
            }
        }
    };
}

type ArcChannel = Arc<Channel<u64, buffer::Rendezvous, StdLock>>;
type RcChannel = Rc<Channel<u64, buffer::Rendezvous, SingleThread>>;

fixed_type!(StaticSend, ArcChannel, StdLock, "static-send");
fixed_type!(StaticLocal, RcChannel, SingleThread, "static-local");

macro_rules! fixed_ends {
    ($handle:ty) => {
        impl Tx for $handle {
            async fn send(&mut self, value: u64) -> bool {
                self.put(value).await.is_ok()
            }
        }

        impl Rx for $handle {
            async fn recv(&mut self) -> Option<u64> {
                self.take().await.ok()
            }
        }
    };
}

fixed_ends!(ArcChannel);
fixed_ends!(RcChannel);
