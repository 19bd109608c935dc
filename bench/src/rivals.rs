//! The channels that are measured, behind one small trait; a file each.

use std::fmt;
use std::future::Future;

mod async_channel;
mod crossbeam;
mod crossfire;
mod embassy;
mod flume;
mod futures_channel;
mod intrusive;
mod kanal;
mod ours;
mod tokio_mpsc;

pub use async_channel::AsyncChannel;
pub use crossbeam::Crossbeam;
pub use crossfire::{CrossfireMpmc, CrossfireSpsc};
pub use embassy::{EmbassyCs, EmbassyNoop};
pub use flume::Flume;
pub use futures_channel::FuturesMpsc;
pub use intrusive::{IntrusiveLocal, IntrusiveShared};
pub use kanal::Kanal;
pub use ours::{Local, OursRx, OursTx, Send, SendEager, StaticLocal, StaticSend};
pub use tokio_mpsc::TokioMpsc;

/// A kind of channel, of 64-bit numbers.
pub trait Rival: 'static {
    const NAME: &'static str;
    /// The smallest capacity there is: not all have a rendezvous.
    const SMALLEST: Capacity = Capacity::Fixed(0);
    const OURS: bool = false;
    type Tx: Tx;
    type Rx: Rx;

    /// Why there is no channel of this capacity, if there is none.
    fn lacks(capacity: Capacity) -> Option<&'static str> {
        let rendezvous = matches!(capacity, Capacity::Fixed(0));
        (rendezvous && Self::SMALLEST != capacity).then_some("no rendezvous; smallest is 1")
    }

    fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx);

    fn smallest() -> (Self::Tx, Self::Rx) {
        Self::channel(Self::SMALLEST)
    }

    /// The name, with the capacity where another was asked for than is used.
    fn label() -> String {
        match Self::SMALLEST {
            Capacity::Fixed(0) => Self::NAME.to_owned(),
            other => format!("{}({other})", Self::NAME),
        }
    }
}

pub trait Tx: 'static {
    /// False if nobody will ever receive it.
    fn send(&mut self, value: u64) -> impl Future<Output = bool>;
}

pub trait Rx: 'static {
    /// `None` if nothing will come any more.
    fn recv(&mut self) -> impl Future<Output = Option<u64>>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// 0 is a rendezvous.
    Fixed(usize),
    Unbounded,
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(size) => size.fmt(f),
            Self::Unbounded => f.write_str("unbounded"),
        }
    }
}

/// Runs the body once for each rival that waits asynchronously, under a name for its type.
#[macro_export]
macro_rules! for_async_rivals {
    (|$name:ident| $body:expr) => {
        $crate::for_rivals!(|$name| $body; Local EmbassyNoop::<1> IntrusiveLocal);
        $crate::for_send_rivals!(|$name| $body);
    };
}

/// The same, only for those whose channels may be used by several threads.
#[macro_export]
macro_rules! for_send_rivals {
    (|$name:ident| $body:expr) => {
        $crate::for_rivals!(|$name| $body; Send Kanal Flume IntrusiveShared EmbassyCs::<1>
            TokioMpsc FuturesMpsc AsyncChannel CrossfireSpsc);
    };
}

/// Runs the body once for each of the types listed.
#[macro_export]
macro_rules! for_rivals {
    (|$name:ident| $body:expr; $($rival:ident $(::<$size:literal>)?)*) => {
        $({
            type $name = $crate::rivals::$rival $(<$size>)?;
            $body;
        })*
    };
}
