//! Kinds of channels, and the pairs of them on which paths are walked.

use csp_core::buffer::{Any, Buffer, Dropping, Fixed, Overwriting, Rendezvous, Sliding};
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{Chan, Channel, Kind};

use super::ChannelOf;
use crate::ledger::Value;
use crate::model::{Overflow, Shape};

/// A kind of channel.
pub(crate) trait Flavour: 'static {
    type Buffer: Buffer<Value, Lent: Sync>;
    type Lock: Lock;
    /// What keeps the channel.
    type Home;

    /// What the semantics say about its size.
    const SHAPE: Shape;

    fn home() -> Self::Home;
    fn channel(home: &Self::Home) -> &ChannelOf<Self>
    where
        Self: Sized;
}

const fn shape(capacity: usize, overflow: Overflow, places: usize, keeps: bool) -> Shape {
    Shape { capacity, overflow, places, keeps }
}

/// Static channels: one place for a value that comes back.
macro_rules! places {
    ($($Name:ident: $Buffer:ty, $Lock:ty, $capacity:literal, $overflow:ident;)+) => {$(
        #[derive(Debug)]
        pub(crate) struct $Name;

        impl Flavour for $Name {
            type Buffer = $Buffer;
            type Lock = $Lock;
            type Home = Channel<Value, $Buffer, $Lock>;

            const SHAPE: Shape = shape($capacity, Overflow::$overflow, 1, false);

            fn home() -> Self::Home {
                Channel::new()
            }

            fn channel(home: &Self::Home) -> &ChannelOf<Self> {
                home
            }
        }
    )+};
}

places! {
    Meet: Rendezvous, SingleThread, 0, Wait;
    MeetStd: Rendezvous, StdLock, 0, Wait;
    One: Fixed<1>, SingleThread, 1, Wait;
    OneStd: Fixed<1>, StdLock, 1, Wait;
    Two: Fixed<2>, SingleThread, 2, Wait;
    Slide: Sliding<1>, SingleThread, 1, LoseOldest;
    Lose: Dropping<1>, SingleThread, 1, LoseNewest;
    Replace: Overwriting<2>, SingleThread, 2, ReplaceNewest;
}

/// Allocated channels: as many places as it takes.
macro_rules! handles {
    ($($Name:ident: $kind:expr, $Lock:ty, $capacity:expr, $overflow:ident;)+) => {$(
        #[derive(Debug)]
        pub(crate) struct $Name;

        impl Flavour for $Name {
            type Buffer = Any;
            type Lock = $Lock;
            type Home = Chan<Value, $Lock>;

            const SHAPE: Shape =
                shape($capacity, Overflow::$overflow, usize::MAX, !<$Lock>::THREADS);

            fn home() -> Self::Home {
                Chan::with($kind)
            }

            fn channel(home: &Self::Home) -> &ChannelOf<Self> {
                home
            }
        }
    )+};
}

handles! {
    ChanMeet: Kind::Rendezvous, SingleThread, 0, Wait;
    ChanMeetStd: Kind::Rendezvous, StdLock, 0, Wait;
    ChanOne: Kind::Fixed(1), SingleThread, 1, Wait;
    ChanSlide: Kind::Sliding(2), SingleThread, 2, LoseOldest;
    ChanAll: Kind::Unbounded, SingleThread, usize::MAX, Wait;
}
