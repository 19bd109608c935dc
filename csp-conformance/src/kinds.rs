//! Kinds of handles, each with the same constructors: a channel of a sort, as a pair of what puts
//! and what takes.
//!
//! A check calls `rendezvous::<u32, L>()` and does not know which kind it got. Channels by
//! reference are leaked, for a process borrows for `'static`.

use std::ops::Deref;

#[cfg(feature = "every-cell")]
pub(crate) mod chan;
pub(crate) mod counted;
#[cfg(feature = "every-cell")]
pub(crate) mod lent;
pub(crate) mod place;

/// A reference that is cloned as counted handles are.
#[derive(Debug)]
pub(crate) struct By<C: 'static>(&'static C);

impl<C> Clone for By<C> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<C> Deref for By<C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.0
    }
}

/// The constructors where the buffer is a type.
macro_rules! static_kind {
    ($Out:ident, $In:ident, |$channel:ident| $pair:expr) => {
        use csp_core::Channel;
        use csp_core::buffer::{
            Buffer, Dropping, Fixed, Overwriting, Promise, Rendezvous, Sliding, StaticBuffer,
        };
        use csp_core::lock::Lock;

        use super::By;

        type Pair<T, B, L> = (By<$Out<T, B, L>>, By<$In<T, B, L>>);

        fn pair<T, B: Buffer<T>, L: Lock>(channel: Channel<T, B, L>) -> Pair<T, B, L> {
            let $channel: &'static Channel<T, B, L> = Box::leak(Box::new(channel));
            $pair
        }

        fn new<T, B: StaticBuffer<T>, L: Lock>() -> Pair<T, B, L> {
            pair(Channel::new())
        }

        pub(crate) fn rendezvous<T, L: Lock>() -> Pair<T, Rendezvous, L> {
            new()
        }

        pub(crate) fn fixed<T, L: Lock, const N: usize>() -> Pair<T, Fixed<N>, L> {
            new()
        }

        pub(crate) fn dropping<T, L: Lock, const N: usize>() -> Pair<T, Dropping<N>, L> {
            new()
        }

        pub(crate) fn sliding<T, L: Lock, const N: usize>() -> Pair<T, Sliding<N>, L> {
            new()
        }

        pub(crate) fn overwriting<T, L: Lock, const N: usize>() -> Pair<T, Overwriting<N>, L> {
            new()
        }

        pub(crate) fn promise<T: Clone, L: Lock>() -> Pair<T, Promise, L> {
            new()
        }

        /// A buffer that is immune to poison up to a strength.
        pub(crate) fn immune<T, L: Lock, const N: usize>(immunity: u8) -> Pair<T, Fixed<N>, L> {
            pair(Channel::new().with_immunity(immunity))
        }

        /// A rendezvous at which only so many may wait on each side.
        pub(crate) fn limited<T, L: Lock>(limit: u16) -> Pair<T, Rendezvous, L> {
            pair(Channel::new().with_pending_limit(limit))
        }

        /// A buffer whose operations never yield.
        pub(crate) fn eager<T, L: Lock, const N: usize>() -> Pair<T, Fixed<N>, L> {
            pair(Channel::new().without_yield())
        }
    };
}

/// The constructors where the buffer is a value.
macro_rules! allocated_kind {
    ($Out:ident, $In:ident, |$chan:ident| $pair:expr) => {
        use csp_core::lock::Lock;
        use csp_core::{Chan, Kind};

        type Pair<T, L> = ($Out<T, L>, $In<T, L>);

        fn pair<T, L: Lock>($chan: Chan<T, L>) -> Pair<T, L> {
            $pair
        }

        pub(crate) fn of_kind<T, L: Lock>(kind: Kind) -> Pair<T, L> {
            pair(Chan::with(kind))
        }

        pub(crate) fn rendezvous<T, L: Lock>() -> Pair<T, L> {
            of_kind(Kind::Rendezvous)
        }

        pub(crate) fn fixed<T, L: Lock, const N: usize>() -> Pair<T, L> {
            of_kind(Kind::Fixed(N))
        }

        pub(crate) fn dropping<T, L: Lock, const N: usize>() -> Pair<T, L> {
            of_kind(Kind::Dropping(N))
        }

        pub(crate) fn sliding<T, L: Lock, const N: usize>() -> Pair<T, L> {
            of_kind(Kind::Sliding(N))
        }

        pub(crate) fn overwriting<T, L: Lock, const N: usize>() -> Pair<T, L> {
            of_kind(Kind::Overwriting(N))
        }

        pub(crate) fn promise<T: Clone + Sync, L: Lock>() -> Pair<T, L> {
            pair(Chan::promise())
        }

        /// A buffer that is immune to poison up to a strength.
        pub(crate) fn immune<T, L: Lock, const N: usize>(immunity: u8) -> Pair<T, L> {
            pair(Chan::fixed(N).with_immunity(immunity))
        }

        /// A rendezvous at which only so many may wait on each side.
        pub(crate) fn limited<T, L: Lock>(limit: u16) -> Pair<T, L> {
            pair(Chan::new().with_pending_limit(limit))
        }

        /// A buffer whose operations never yield.
        pub(crate) fn eager<T, L: Lock, const N: usize>() -> Pair<T, L> {
            pair(Chan::fixed(N).without_yield())
        }
    };
}

/// Runs a block for channels of some capacities: each is a type, and code, of its own.
macro_rules! each_static_capacity {
    (|$capacity:ident, $pair:ident| $body:block) => {{
        let ($capacity, $pair) = (0, rendezvous::<u32, L>());
        $body
        let ($capacity, $pair) = (1, fixed::<u32, L, 1>());
        $body
        let ($capacity, $pair) = (2, fixed::<u32, L, 2>());
        $body
        let ($capacity, $pair) = (13, fixed::<u32, L, 13>());
        $body
        let ($capacity, $pair) = (200, fixed::<u32, L, 200>());
        $body
    }};
}

/// Runs a block for channels of every capacity from 0 to 200.
macro_rules! each_allocated_capacity {
    (|$capacity:ident, $pair:ident| $body:block) => {
        for $capacity in 0..=200 {
            let $pair = of_kind::<u32, L>(csp_core::Kind::Fixed($capacity));
            $body
        }
    };
}

pub(crate) use {allocated_kind, each_allocated_capacity, each_static_capacity, static_kind};
