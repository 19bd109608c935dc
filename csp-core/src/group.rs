//! A group that processes are started in while it runs: a runtime inside of one task.
//!
//! *Model.* [`Running`] is a future that owns the processes; a [`Group`] or [`LocalGroup`] is a
//! handle to start more. Both point to a counted [`Core`], which has the run queue. Each process
//! lies in a block of its own, a [`Task`]: its node, which its wakers point to, and its future. The
//! body, with which the group begins, lies in the `Running`, and has a node all the same.
//!
//! *Invariants.*
//! 1. A future of a task is polled and dropped only at home (`run_queue` 1); or by who made it, if
//!    the group had ended before. So it stays on its thread if the group does.
//! 2. A task is freed by who takes the sum of its counts to 0; its future is gone then.
//! 3. A core is freed with its last handle. Each task that was not freed is one.
//!
//! *Cancellation*: the drop of the `Running` drops the body and all processes; who is started after
//! that is dropped at once.
//!
//! *Source*: the nursery of Trio; `LocalSet` of tokio.

#![expect(unsafe_code, reason = "runs a queue of nodes, and pins the body")]

use core::fmt;
use core::marker::PhantomData;
use core::mem;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll};
use core::time::Duration;

use crate::lock::Lock;
use crate::run_queue::{Node, Queue, Ran};
use crate::runtime::{Spawn, SpawnLocal, Timer};

mod task;

use task::{Handle, Hold, Process, Task, let_go};

/// Runs processes in one task, as many as are started while it runs, until all have ended.
///
/// `body` gets a [`Group`], which is a runtime ([`Spawn`]) and can be cloned and sent to the
/// processes themselves: what is written for any runtime runs in a group. The group is one future,
/// and so one task of whatever executor polls it; it gives what the body gave, when the body and
/// all processes have ended. The body may borrow.
///
/// The group has a run queue of its own: it polls only who is ready, and a wake-up among its
/// processes does not concern the executor; with the feature `std` it takes no atomic operation
/// then. `L` guards what comes from elsewhere.
///
/// To start a process, to wake it and to end it cost the same however many there are; to drop the
/// group, O(processes). A process takes one block of memory: 48 bytes, on 64 bit, and its future.
///
/// # Cancel safety
///
/// Dropping the group drops the body and all processes. A process that is started in a group which
/// has ended is dropped at once.
///
/// # Fairness
///
/// Processes are polled in the order in which they became ready. After 128 polls of processes that
/// keep each other ready, the group lets the executor have its turn.
///
/// # Panics
///
/// A panic of the body or of a process goes through the group, and drops the others. That of a
/// process with a handle (`start`) is the handle's error, and disturbs nobody. The group panics if
/// it is polled after it has ended, by a panic too.
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, block_on, group, lock::StdLock, runtime::Spawn};
///
/// /// A network for any runtime.
/// async fn sum_of_squares<R: Spawn>(runtime: &R) -> u32 {
///     let (squares, sums) = (Chan::<u32, StdLock>::new(), Chan::<u32, StdLock>::new());
///     for n in 0..10 {
///         let squares = squares.clone();
///         runtime.go(async move { squares.put(n * n).await.unwrap() });
///     }
///     let sum = sums.clone();
///     runtime.go(async move {
///         let mut all = 0;
///         for _ in 0..10 {
///             all += squares.take().await.unwrap();
///         }
///         sum.put(all).await.unwrap();
///     });
///     sums.take().await.unwrap()
/// }
///
/// let sum = block_on(group::<StdLock, _>(|group| async move { sum_of_squares(&group).await }));
/// assert_eq!(sum, 285);
/// ```
pub fn group<L, F>(body: impl FnOnce(Group<L>) -> F) -> Running<F, Group<L>>
where
    L: Lock + Send + Sync + 'static,
    F: Future,
{
    group_with_timer((), body)
}

/// As [`group`], with the clock of the executor around it, so that processes can wait.
///
/// # Examples
///
/// ```
/// # use core::future::Ready;
/// # #[derive(Clone)]
/// # struct Clock;
/// # impl Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// use csp_core::runtime::{Spawn, Timer};
/// use csp_core::{block_on, group_with_timer, lock::StdLock};
/// use std::time::Duration;
///
/// async fn late_answer<R: Spawn + Timer>(runtime: &R) -> u32 {
///     runtime.wait(Duration::from_millis(1)).await;
///     42
/// }
///
/// let body = async |group| late_answer(&group).await;
/// assert_eq!(block_on(group_with_timer::<StdLock, _, _>(Clock, body)), 42);
/// ```
pub fn group_with_timer<L, C, F>(
    timer: C,
    body: impl FnOnce(Group<L, C>) -> F,
) -> Running<F, Group<L, C>>
where
    L: Lock + Send + Sync + 'static,
    F: Future,
{
    let hold = Hold::new();
    let body = body(Group { handle: hold.handle(), timer });
    Running::new(body, hold)
}

/// As [`group`], for processes that stay on one thread.
///
/// Its handle is a [`LocalGroup`], a runtime for processes that are not `Send` ([`SpawnLocal`]) and
/// for those that are. `L` still has to be a lock for threads: wakers are called from anywhere.
///
/// # Cancel safety
///
/// As for [`group`].
///
/// # Fairness
///
/// As for [`group`].
///
/// # Panics
///
/// As for [`group`].
///
/// # Examples
///
/// ```
/// use csp_core::{Chan, block_on, local_group, lock::{SingleThread, StdLock}, runtime::SpawnLocal};
/// use std::rc::Rc;
///
/// let word = block_on(local_group::<StdLock, _>(async |group| {
///     let words = Chan::<Rc<str>, SingleThread>::new();
///     let other = words.clone();
///     group.go_local(async move { other.put("here".into()).await.unwrap() });
///     words.take().await.unwrap()
/// }));
/// assert_eq!(&*word, "here");
/// ```
pub fn local_group<L, F>(body: impl FnOnce(LocalGroup<L>) -> F) -> Running<F, LocalGroup<L>>
where
    L: Lock + Send + Sync + 'static,
    F: Future,
{
    local_group_with_timer((), body)
}

/// As [`local_group`], with the clock of the executor around it.
///
/// # Examples
///
/// ```
/// # use core::future::Ready;
/// # #[derive(Clone)]
/// # struct Clock;
/// # impl Timer for Clock {
/// #     type Instant = Duration;
/// #     type Wait = Ready<()>;
/// #     fn now(&self) -> Duration { Duration::ZERO }
/// #     fn later(&self, start: Duration, duration: Duration) -> Duration { start + duration }
/// #     fn between(&self, earlier: Duration, later: Duration) -> Duration {
/// #         later.saturating_sub(earlier)
/// #     }
/// #     fn wait_until(&self, _deadline: Duration) -> Ready<()> { core::future::ready(()) }
/// # }
/// use csp_core::runtime::{SpawnLocal, Timer};
/// use csp_core::{block_on, local_group_with_timer, lock::StdLock};
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let count = Rc::new(Cell::new(0));
/// block_on(local_group_with_timer::<StdLock, _, _>(Clock, async |group| {
///     let (count, clock) = (count.clone(), group.clone());
///     group.go_local(async move {
///         clock.wait(Duration::from_millis(1)).await;
///         count.set(1);
///     });
/// }));
/// assert_eq!(count.get(), 1);
/// ```
pub fn local_group_with_timer<L, C, F>(
    timer: C,
    body: impl FnOnce(LocalGroup<L, C>) -> F,
) -> Running<F, LocalGroup<L, C>>
where
    L: Lock + Send + Sync + 'static,
    F: Future,
{
    let hold = Hold::new();
    let body = body(LocalGroup { handle: hold.handle(), timer, _here: PhantomData });
    Running::new(body, hold)
}

/// Starts processes in a group, from any thread: a handle to clone and send around.
///
/// # Examples
///
/// See [`group`].
pub struct Group<L: Lock, C = ()> {
    handle: Handle<L>,
    timer: C,
}

/// Starts processes in a group on this thread: a handle to clone.
///
/// # Examples
///
/// See [`local_group`].
pub struct LocalGroup<L: Lock, C = ()> {
    handle: Handle<L>,
    timer: C,
    _here: PhantomData<*const ()>,
}

impl<L: Lock + Send + Sync + 'static, C> Spawn for Group<L, C> {
    fn go<F>(&self, process: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.handle.start(process);
    }
}

impl<L: Lock + Send + Sync + 'static, C> Spawn for LocalGroup<L, C> {
    fn go<F>(&self, process: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.handle.start(process);
    }
}

impl<L: Lock + Send + Sync + 'static, C> SpawnLocal for LocalGroup<L, C> {
    fn go_local<F>(&self, process: F)
    where
        F: Future<Output = ()> + 'static,
    {
        self.handle.start(process);
    }
}

macro_rules! handle_traits {
    ($Group:ident $(, $here:ident)?) => {
        impl<L: Lock, C: Clone> Clone for $Group<L, C> {
            fn clone(&self) -> Self {
                Self {
                    handle: self.handle.clone(),
                    timer: self.timer.clone(),
                    $($here: PhantomData,)?
                }
            }
        }

        impl<L: Lock, C> fmt::Debug for $Group<L, C> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($Group)).finish_non_exhaustive()
            }
        }

        impl<L: Lock, C: Timer> Timer for $Group<L, C> {
            type Instant = C::Instant;
            type Wait = C::Wait;

            fn now(&self) -> C::Instant {
                self.timer.now()
            }

            fn later(&self, start: C::Instant, duration: Duration) -> C::Instant {
                self.timer.later(start, duration)
            }

            fn between(&self, earlier: C::Instant, later: C::Instant) -> Duration {
                self.timer.between(earlier, later)
            }

            fn wait_until(&self, deadline: C::Instant) -> C::Wait {
                self.timer.wait_until(deadline)
            }
        }

        impl<L: Lock, C> GroupHandle for $Group<L, C> {
            type Lock = L;
        }
    };
}

handle_traits!(Group);
handle_traits!(LocalGroup, _here);

/// A handle of a group: what a [`Running`] runs.
pub trait GroupHandle {
    /// What guards the group against other threads.
    type Lock: Lock;
}

/// The future of a group: of [`group`] and its like.
#[must_use = "a group does nothing unless it is awaited"]
pub struct Running<F: Future, H: GroupHandle> {
    body: Body<F>,
    /// The node of the body; null when it has ended, and the group has let it go.
    node: BodyNode,
    state: State,
    /// Dropped last.
    hold: Hold<H::Lock>,
    /// The processes are as the handle lets them be: `Send`, or not.
    _handles: PhantomData<H>,
}

#[derive(Debug)]
enum Body<F: Future> {
    Running(F),
    Ended(F::Output),
    Gone,
}

/// A pointer that only the `Running` has.
struct BodyNode(*const ());

// SAFETY: it goes with the `Running`, which is the home.
unsafe impl Send for BodyNode {}
// SAFETY: by reference it is of no use.
unsafe impl Sync for BodyNode {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
}

impl<F: Future, H: GroupHandle<Lock: 'static>> Running<F, H> {
    fn new(body: F, hold: Hold<H::Lock>) -> Self {
        let core = hold.core();
        // The node alone: its future is the body.
        // SAFETY: the reference of `hold`; nobody polls what has not begun.
        let node = unsafe { Process::create(core, core::future::ready(()), true) };
        // SAFETY: nobody polls what has not begun.
        unsafe { Queue::adopt(core.cast(), node) };
        let body = Body::Running(body);
        let node = BodyNode(node.cast());
        Self { body, node, state: State::Open, hold, _handles: PhantomData }
    }
}

impl<F: Future, H: GroupHandle> Running<F, H> {
    /// Polls what is ready.
    fn run(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Ran {
        // SAFETY: the body is not moved.
        let this = unsafe { self.get_unchecked_mut() };
        let queue = this.hold.queue();
        let (body, body_node) = (&mut this.body, &mut this.node);
        let poll = |node: *const Node<H::Lock, Task>, cx: &mut Context<'_>| {
            let has_ended = if ptr::eq(node.cast(), body_node.0) {
                // SAFETY: the body is pinned with the `Running`.
                let has_ended = unsafe { Pin::new_unchecked(&mut *body) }.poll(cx);
                if has_ended {
                    body_node.0 = ptr::null();
                }
                has_ended
            } else {
                // SAFETY: a node that `run` gives has not ended.
                let Task(functions) = unsafe { &*node }.kept;
                // SAFETY: invariant 1.
                unsafe { (functions.poll)(node.cast(), cx) }.is_ready()
            };
            if has_ended {
                // SAFETY: as above.
                unsafe { queue.unlink(node) };
                // SAFETY: invariant 1.
                unsafe { let_go(node, true) };
            }
            ControlFlow::Continue(())
        };
        // SAFETY: this is the poll of the one future that runs the group.
        unsafe { queue.run(cx, poll) }
    }

    /// Drops the body and all processes.
    fn end(mut self: Pin<&mut Self>) {
        /// Goes on if a process panics while it is dropped.
        struct Rest<'a, L: Lock>(&'a Queue<L, Task>);

        impl<L: Lock> Rest<'_, L> {
            fn drop_all(&self) {
                // SAFETY: nobody polls the group, so this is the home.
                while let Some(node) = unsafe { self.0.any() } {
                    // SAFETY: as above.
                    unsafe { self.0.unlink(node) };
                    // SAFETY: as above.
                    unsafe { let_go(node, true) };
                }
            }
        }

        impl<L: Lock> Drop for Rest<'_, L> {
            fn drop(&mut self) {
                self.drop_all();
            }
        }

        if self.state == State::Closed {
            return;
        }
        // SAFETY: nothing is moved.
        let this = unsafe { self.as_mut().get_unchecked_mut() };
        this.state = State::Closed;
        let queue = this.hold.queue();
        // SAFETY: nobody polls the group, so this is the home.
        unsafe { queue.close() };
        let rest = Rest(queue);
        // SAFETY: the body is pinned with the `Running`.
        unsafe { Pin::new_unchecked(&mut this.body) }.set(Body::Gone);
        rest.drop_all();
    }
}

impl<F: Future> Body<F> {
    /// Whether it has ended.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        // SAFETY: the future is pinned with the body, and replaced only by `Pin::set`.
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
}

impl<F: Future, H: GroupHandle> Future for Running<F, H> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        /// If a process panics, the others go at once.
        struct OnPanic<'a, F: Future, H: GroupHandle>(Pin<&'a mut Running<F, H>>);

        impl<F: Future, H: GroupHandle> Drop for OnPanic<'_, F, H> {
            fn drop(&mut self) {
                self.0.as_mut().end();
            }
        }

        assert!(self.state == State::Open, "a group was polled after it had ended");
        let mut on_panic = OnPanic(self.as_mut());
        let ran = on_panic.0.as_mut().run(cx);
        #[expect(clippy::mem_forget, reason = "a guard that has not been needed")]
        mem::forget(on_panic);
        let queue = self.hold.queue();
        // SAFETY: this poll is over, and nobody else polls: this is the home.
        if ran != Ran::Idle || unsafe { queue.any() }.is_some() || !queue.try_close() {
            return Poll::Pending;
        }
        // SAFETY: the output is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        this.state = State::Closed;
        match mem::replace(&mut this.body, Body::Gone) {
            Body::Ended(output) => Poll::Ready(output),
            _ => unreachable!("the body has a node until it has ended"),
        }
    }
}

impl<F: Future, H: GroupHandle> Drop for Running<F, H> {
    fn drop(&mut self) {
        // SAFETY: what is dropped is not moved any more.
        unsafe { Pin::new_unchecked(self) }.end();
    }
}

impl<F: Future, H: GroupHandle> fmt::Debug for Running<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("state", &self.state).finish_non_exhaustive()
    }
}
