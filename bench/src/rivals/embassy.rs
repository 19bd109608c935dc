//! embassy-sync, whose capacity is a part of the type, with no lock and with a critical section
//! (here a global mutex, as on every hosted system). Its channels cannot be closed.

use std::sync::Arc;

use embassy_sync::blocking_mutex::raw::{CriticalSectionRawMutex, NoopRawMutex, RawMutex};
use embassy_sync::channel::Channel;

use super::{Capacity, Rival, Rx, Tx};

pub struct EmbassyNoop<const N: usize>;
pub struct EmbassyCs<const N: usize>;

macro_rules! rival {
    ($rival:ident, $lock:ty, $name:literal) => {
        impl<const N: usize> Rival for $rival<N> {
            const NAME: &'static str = $name;
            const SMALLEST: Capacity = Capacity::Fixed(1);
            type Tx = Handle<$lock, N>;
            type Rx = Handle<$lock, N>;

            fn lacks(capacity: Capacity) -> Option<&'static str> {
                match capacity {
                    Capacity::Fixed(0) => Some("no rendezvous; smallest is 1"),
                    Capacity::Fixed(_) => None,
                    Capacity::Unbounded => Some("always bounded"),
                }
            }

            fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx) {
                assert_eq!(capacity, Capacity::Fixed(N), "the type has another capacity");
                let channel = Arc::new(Channel::new());
                (Handle(channel.clone()), Handle(channel))
            }
        }
    };
}

rival!(EmbassyNoop, NoopRawMutex, "embassy-noop");
rival!(EmbassyCs, CriticalSectionRawMutex, "embassy-cs");

pub struct Handle<M: RawMutex, const N: usize>(Arc<Channel<M, u64, N>>);

impl<M: RawMutex, const N: usize> Clone for Handle<M, N> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: RawMutex + 'static, const N: usize> Tx for Handle<M, N> {
    async fn send(&mut self, value: u64) -> bool {
        self.0.send(value).await;
        true
    }
}

impl<M: RawMutex + 'static, const N: usize> Rx for Handle<M, N> {
    async fn recv(&mut self) -> Option<u64> {
        Some(self.0.receive().await)
    }
}
