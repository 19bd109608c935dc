//! Groups of processes: Parallel and Sequence, in one task or over a runtime.
//!
//! *Model.* A group of fixed number is one future that owns its branches, as a tuple or an array;
//! it allocates nothing, and polls every branch that has not ended whenever it is polled. Results
//! come in the order of the arguments. Groups nest.
//!
//! *Cancellation*: a group that is dropped, or through which a branch panics, drops its branches:
//! none is left running unowned.
//!
//! *Source*: occam's `PAR` and `SEQ`, `Parallel` and `Sequence` of PyCSP.

#![expect(unsafe_code, reason = "structural pins of tuples and arrays")]

use core::fmt;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

/// Runs processes side by side and gives their results in order, when all have ended.
///
/// The processes are a tuple of one to eight futures, or an array. A process that fails with an
/// `Err` does not disturb the others: its `Err` is its result. See [`try_parallel`] to cancel
/// them, and [`parallel_on`] for any number of processes on a runtime.
///
/// A wake-up costs O(processes); see [`parallel_queued_in`] for a group that polls only who is
/// ready.
///
/// # Cancel safety
///
/// Dropping the group drops all processes.
///
/// # Fairness
///
/// Each poll of the group polls all that have not ended, in the order of the arguments.
///
/// # Panics
///
/// A panic of a process goes through the group, and drops the others. The group panics if it is
/// polled after it has ended.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, block_on, buffer::Rendezvous, lock::SingleThread, parallel};
///
/// let channel = Channel::<u32, Rendezvous, SingleThread>::new();
/// let (put, taken) = block_on(parallel((channel.put(1), channel.take())));
/// assert_eq!((put, taken), (Ok(()), Ok(1)));
/// ```
pub fn parallel<P: Processes>(processes: P) -> Parallel<P> {
    Parallel { slots: processes.into_slots() }
}

/// Runs processes one after another and gives their results in order.
///
/// # Cancel safety
///
/// Dropping the group drops the process that runs, and those that have not begun.
///
/// # Panics
///
/// A panic of a process goes through the group, and drops the rest. The group panics if it is
/// polled after it has ended.
///
/// # Examples
///
/// ```
/// use csp_core::{block_on, parallel, sequence};
///
/// let nested = parallel((sequence((async { 1 }, async { 2 })), async { 3 }));
/// assert_eq!(block_on(nested), ((1, 2), 3));
/// ```
pub fn sequence<P: Processes>(processes: P) -> Sequence<P> {
    Sequence { slots: processes.into_slots() }
}

/// Runs processes side by side until all have succeeded, or one has failed.
///
/// Gives all results in order, or the first error; then the other processes are cancelled, by
/// being dropped.
///
/// # Cancel safety
///
/// Dropping the group drops all processes.
///
/// # Errors
///
/// The output is the first `Err` of a process.
///
/// # Panics
///
/// As [`parallel()`].
///
/// # Examples
///
/// ```
/// use csp_core::{Error, block_on, try_parallel};
///
/// let never = core::future::pending::<Result<u32, Error>>();
/// let fails = async { Err::<u32, Error>(Error::Closed) };
/// assert_eq!(block_on(try_parallel((never, fails))), Err(Error::Closed));
/// ```
pub fn try_parallel<P: TryProcesses>(processes: P) -> TryParallel<P> {
    TryParallel { slots: processes.into_slots() }
}

/// Futures that make up a group: a tuple of one to eight, or an array.
///
/// # Examples
///
/// See [`parallel()`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a group of processes",
    note = "give it a tuple of one to eight futures, or an array of futures of one type; \
            for any number of processes, use `parallel_on`, or `parallel` of a runtime"
)]
pub trait Processes {
    /// The results, in order.
    type Results;

    /// The branches, and what has become of each.
    #[doc(hidden)]
    type Slots;

    #[doc(hidden)]
    fn into_slots(self) -> Self::Slots;

    /// Polls the branches that have not ended; `in_turn`, only up to the first of them.
    #[doc(hidden)]
    fn poll(
        slots: Pin<&mut Self::Slots>,
        cx: &mut Context<'_>,
        in_turn: bool,
    ) -> Poll<Self::Results>;

    #[doc(hidden)]
    const COUNT: usize;

    /// As many of something as there are branches.
    #[doc(hidden)]
    type Each<T>;

    #[doc(hidden)]
    fn each<T>(make: impl FnMut(usize) -> T) -> Self::Each<T>;

    /// Polls one branch that has not ended; whether it has now.
    #[doc(hidden)]
    fn poll_one(slots: Pin<&mut Self::Slots>, index: usize, cx: &mut Context<'_>) -> bool;

    /// The results of branches that have all ended.
    #[doc(hidden)]
    fn give(slots: Pin<&mut Self::Slots>) -> Self::Results;

    /// Drops all branches and their results.
    #[doc(hidden)]
    fn clear(slots: Pin<&mut Self::Slots>);
}

/// Futures whose results are `Result`s with one error type: a tuple of one to eight, or an array.
///
/// # Examples
///
/// See [`try_parallel`].
pub trait TryProcesses: Processes {
    /// The results without errors, in order.
    type Successes;

    /// The error.
    type Error;

    #[doc(hidden)]
    fn try_poll(
        slots: Pin<&mut Self::Slots>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::Successes, Self::Error>>;
}

/// One branch.
#[derive(Debug)]
pub enum Slot<F: Future> {
    Running(F),
    Ended(F::Output),
    Given,
}

impl<F: Future> Slot<F> {
    /// Polls the branch if it has not ended; whether it has.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        // SAFETY: the future is pinned with the slot, and replaced only by `Pin::set`.
        let Self::Running(future) = (unsafe { self.as_mut().get_unchecked_mut() }) else {
            return true;
        };
        // SAFETY: as above.
        let Poll::Ready(output) = (unsafe { Pin::new_unchecked(future) }).poll(cx) else {
            return false;
        };
        self.set(Self::Ended(output));
        true
    }

    fn give(self: Pin<&mut Self>) -> F::Output {
        // SAFETY: an output is not pinned, and a future that still runs is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        match this {
            Self::Running(_) => unreachable!("a branch gives its result when it has ended"),
            Self::Given => panic!("a group was polled after it had completed"),
            Self::Ended(_) => match mem::replace(this, Self::Given) {
                Self::Ended(output) => output,
                _ => unreachable!("it was `Ended` a line above"),
            },
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Slot<F> {
    fn has_failed(&self) -> bool {
        matches!(self, Self::Ended(Err(_)))
    }
}

macro_rules! tuple {
    ($($Process:ident $Output:ident $index:tt),+) => {
        impl<$($Process: Future),+> Processes for ($($Process,)+) {
            type Results = ($($Process::Output,)+);
            type Slots = ($(Slot<$Process>,)+);

            fn into_slots(self) -> Self::Slots {
                ($(Slot::Running(self.$index),)+)
            }

            fn poll(
                mut slots: Pin<&mut Self::Slots>,
                cx: &mut Context<'_>,
                in_turn: bool,
            ) -> Poll<Self::Results> {
                let mut all = true;
                $(
                    if all || !in_turn {
                        // SAFETY: the slots are pinned with the tuple, and nothing moves them.
                        let slot = unsafe {
                            slots.as_mut().map_unchecked_mut(|slots| &mut slots.$index)
                        };
                        all &= slot.poll(cx);
                    }
                )+
                if all { Poll::Ready(Self::give(slots)) } else { Poll::Pending }
            }

            const COUNT: usize = [$($index),+].len();
            type Each<T> = [T; [$($index),+].len()];

            fn each<T>(make: impl FnMut(usize) -> T) -> Self::Each<T> {
                core::array::from_fn(make)
            }

            #[inline]
            fn poll_one(
                slots: Pin<&mut Self::Slots>,
                index: usize,
                cx: &mut Context<'_>,
            ) -> bool {
                match index {
                    $(
                        // SAFETY: the slots are pinned with the tuple, and nothing moves them.
                        $index => unsafe { slots.map_unchecked_mut(|slots| &mut slots.$index) }
                            .poll(cx),
                    )+
                    _ => unreachable!("a group has as many branches as it has"),
                }
            }

            fn give(mut slots: Pin<&mut Self::Slots>) -> Self::Results {
                ($(
                    // SAFETY: the slots are pinned with the tuple, and nothing moves them.
                    unsafe { slots.as_mut().map_unchecked_mut(|slots| &mut slots.$index) }.give(),
                )+)
            }

            fn clear(mut slots: Pin<&mut Self::Slots>) {
                $(
                    // SAFETY: the slots are pinned with the tuple, and nothing moves them.
                    unsafe { slots.as_mut().map_unchecked_mut(|slots| &mut slots.$index) }
                        .set(Slot::Given);
                )+
            }
        }

        impl<Failure, $($Output, $Process: Future<Output = Result<$Output, Failure>>),+>
            TryProcesses for ($($Process,)+)
        {
            type Successes = ($($Output,)+);
            type Error = Failure;

            fn try_poll(
                mut slots: Pin<&mut Self::Slots>,
                cx: &mut Context<'_>,
            ) -> Poll<Result<Self::Successes, Failure>> {
                let mut all = true;
                let mut failure = None;
                $(
                    if failure.is_none() {
                        // SAFETY: the slots are pinned with the tuple, and nothing moves them.
                        let mut slot = unsafe {
                            slots.as_mut().map_unchecked_mut(|slots| &mut slots.$index)
                        };
                        all &= slot.as_mut().poll(cx);
                        if slot.has_failed() {
                            failure = slot.give().err();
                        }
                    }
                )+
                if let Some(failure) = failure {
                    // The group may outlive its failure, and its branches must not.
                    Self::clear(slots);
                    return Poll::Ready(Err(failure));
                }
                if !all {
                    return Poll::Pending;
                }
                Poll::Ready(Ok(($({
                    // SAFETY: as above.
                    let slot = unsafe {
                        slots.as_mut().map_unchecked_mut(|slots| &mut slots.$index)
                    };
                    slot.give()?
                },)+)))
            }
        }
    };
}

tuple!(A RA 0);
tuple!(A RA 0, B RB 1);
tuple!(A RA 0, B RB 1, C RC 2);
tuple!(A RA 0, B RB 1, C RC 2, D RD 3);
tuple!(A RA 0, B RB 1, C RC 2, D RD 3, E RE 4);
tuple!(A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5);
tuple!(A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6);
tuple!(A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6, H RH 7);

fn element<F: Future, const N: usize>(
    slots: Pin<&mut [Slot<F>; N]>,
    index: usize,
) -> Pin<&mut Slot<F>> {
    // SAFETY: the slots are pinned with the array, and nothing moves them.
    unsafe { slots.map_unchecked_mut(|slots| &mut slots[index]) }
}

impl<F: Future, const N: usize> Processes for [F; N] {
    type Results = [F::Output; N];
    type Slots = [Slot<F>; N];

    fn into_slots(self) -> Self::Slots {
        self.map(Slot::Running)
    }

    fn poll(
        mut slots: Pin<&mut Self::Slots>,
        cx: &mut Context<'_>,
        in_turn: bool,
    ) -> Poll<Self::Results> {
        let mut all = true;
        for index in 0..N {
            if all || !in_turn {
                all &= element(slots.as_mut(), index).poll(cx);
            }
        }
        if all { Poll::Ready(Self::give(slots)) } else { Poll::Pending }
    }

    const COUNT: usize = N;
    type Each<T> = [T; N];

    fn each<T>(make: impl FnMut(usize) -> T) -> Self::Each<T> {
        core::array::from_fn(make)
    }

    #[inline]
    fn poll_one(slots: Pin<&mut Self::Slots>, index: usize, cx: &mut Context<'_>) -> bool {
        element(slots, index).poll(cx)
    }

    fn give(mut slots: Pin<&mut Self::Slots>) -> Self::Results {
        core::array::from_fn(|index| element(slots.as_mut(), index).give())
    }

    fn clear(mut slots: Pin<&mut Self::Slots>) {
        for index in 0..N {
            element(slots.as_mut(), index).set(Slot::Given);
        }
    }
}

impl<T, E, F: Future<Output = Result<T, E>>, const N: usize> TryProcesses for [F; N] {
    type Successes = [T; N];
    type Error = E;

    fn try_poll(mut slots: Pin<&mut Self::Slots>, cx: &mut Context<'_>) -> Poll<Result<[T; N], E>> {
        let mut all = true;
        for index in 0..N {
            let mut slot = element(slots.as_mut(), index);
            all &= slot.as_mut().poll(cx);
            if slot.has_failed()
                && let Err(failure) = slot.give()
            {
                // The group may outlive its failure, and its branches must not.
                Self::clear(slots);
                return Poll::Ready(Err(failure));
            }
        }
        if !all {
            return Poll::Pending;
        }
        let mut next = 0;
        Poll::Ready(Ok([(); N].map(|()| {
            let success = element(slots.as_mut(), next).give();
            next += 1;
            match success {
                Ok(success) => success,
                Err(_) => unreachable!("a failure has ended the group"),
            }
        })))
    }
}

/// The future of a group, and how it polls its slots.
macro_rules! group_future {
    ($(#[$doc:meta])* $Group:ident, $Bound:ident, $Output:ty, |$slots:ident, $cx:ident| $poll:expr) => {
        $(#[$doc])*
        #[must_use = "a group does nothing unless it is awaited"]
        pub struct $Group<P: $Bound> {
            slots: P::Slots,
        }

        impl<P: $Bound> Future for $Group<P> {
            type Output = $Output;

            fn poll(self: Pin<&mut Self>, $cx: &mut Context<'_>) -> Poll<Self::Output> {
                // SAFETY: the only field is pinned with `self`.
                let $slots = unsafe { self.map_unchecked_mut(|this| &mut this.slots) };
                $poll
            }
        }

        impl<P: $Bound> fmt::Debug for $Group<P> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Group)).finish_non_exhaustive()
            }
        }
    };
}

group_future! {
    /// The future of [`parallel()`].
    Parallel, Processes, P::Results, |slots, cx| P::poll(slots, cx, false)
}

group_future! {
    /// The future of [`sequence`].
    Sequence, Processes, P::Results, |slots, cx| P::poll(slots, cx, true)
}

group_future! {
    /// The future of [`try_parallel`].
    TryParallel, TryProcesses, Result<P::Successes, P::Error>, |slots, cx| P::try_poll(slots, cx)
}

mod queued;

#[cfg(feature = "alloc")]
pub use queued::{CountedQueue, parallel_queued};
pub use queued::{ParallelQueue, ParallelQueued, QueuePlace, StaticQueue, parallel_queued_in};

#[cfg(feature = "alloc")]
pub use any_number::{parallel_on, sequence_of};

#[cfg(feature = "alloc")]
mod any_number {
    use alloc::vec::Vec;

    use crate::lock::Lock;
    use crate::process::{Process, ProcessError, start};
    use crate::runtime::Spawn;

    /// Runs any number of processes on a runtime and gives their results in order.
    ///
    /// A process that fails or panics does not disturb the others; a panic is an error among the
    /// results.
    ///
    /// # Cancel safety
    ///
    /// Dropping the group stops all processes that have not ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{block_on, lock::StdLock, parallel_on, runtime::Spawn};
    ///
    /// struct Threads;
    /// impl Spawn for Threads {
    ///     fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
    ///         std::thread::spawn(|| block_on(process));
    ///     }
    /// }
    ///
    /// let squares = (0..4).map(|n| async move { n * n });
    /// let results = block_on(parallel_on::<StdLock, _, _>(&Threads, squares));
    /// let squares: Vec<i32> = results.into_iter().map(Result::unwrap).collect();
    /// assert_eq!(squares, [0, 1, 4, 9]);
    /// ```
    pub async fn parallel_on<L, R, P>(
        runtime: &R,
        processes: impl IntoIterator<Item = P>,
    ) -> Vec<Result<P::Output, ProcessError>>
    where
        L: Lock + Send + Sync + 'static,
        R: Spawn,
        P: Future<Output: Send + 'static> + Send + 'static,
    {
        let mut owned = Owned(Vec::new());
        // One by one: if the iterator or the runtime panics, those that have begun are stopped.
        for process in processes {
            owned.0.push(start::<L, _, _>(runtime, process));
        }
        let mut results = Vec::with_capacity(owned.0.len());
        for process in &owned.0 {
            let result = process.result().take().await;
            results.push(result.unwrap_or_else(|_| Err(ProcessError::stopped())));
        }
        results
    }

    /// Runs any number of processes one after another and gives their results in order.
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops the process that runs, and those that have not begun.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{block_on, sequence_of};
    /// assert_eq!(block_on(sequence_of((0..3).map(|n| async move { n }))), [0, 1, 2]);
    /// ```
    pub async fn sequence_of<P: Future>(processes: impl IntoIterator<Item = P>) -> Vec<P::Output> {
        let mut results = Vec::new();
        for process in processes {
            results.push(process.await);
        }
        results
    }

    /// The processes of a group, which are not left running when it goes.
    struct Owned<T, L: Lock>(Vec<Process<T, L>>);

    impl<T, L: Lock> Drop for Owned<T, L> {
        fn drop(&mut self) {
            for process in &self.0 {
                process.stop();
            }
        }
    }
}
