//! A deterministic executor: one thread, one queue, and a clock that jumps.
//!
//! *Model.* [`run`] polls the main future and the processes that it starts, in the order in which
//! they are woken. When nobody can run, the clock jumps to the next deadline and its timer is
//! woken; when there is none, nobody will ever run again: a [`Deadlock`], which is an error, not a
//! hang.
//!
//! *Invariants.*
//! 1. A task is in the queue at most once; it is there if it was woken since its last poll began.
//! 2. The clock moves only while the queue is empty, to the earliest deadline there is.
//! 3. A timer is in the list exactly while its future waits.
//!
//! The executor of a thread is found through a thread-local, so that [`Virtual`] is a value of no
//! size, and `Send` like the values of other runtimes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use csp_core::runtime::{Spawn, SpawnLocal, Timer};

/// The executor as a value; usable inside of [`run`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Virtual;

/// Nobody can run, and no timer is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlock {
    /// How many processes wait, besides the main one.
    pub waiting: usize,
}

/// Runs a future, and the processes that it starts, until it is done.
///
/// # Errors
///
/// [`Deadlock`], if it can never be done.
pub fn run<F: Future>(main: F) -> Result<F::Output, Deadlock> {
    let executor = Rc::new(Executor::default());
    let _installed = Installed::new(&executor);
    let mut main = pin!(main);
    let main_waker = executor.waker(MAIN);
    main_waker.wake_by_ref();
    loop {
        match executor.ready.pop() {
            Some(task) if task.id == MAIN => {
                let waker = Waker::from(task);
                if let Poll::Ready(output) = main.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Ok(output);
                }
            }
            Some(task) => executor.poll(task),
            None if executor.jump() => {}
            None => return Err(Deadlock { waiting: executor.waiting.get() }),
        }
    }
}

/// How many timers are set, for a check that none is left behind.
pub fn timers() -> usize {
    with_current(|executor| executor.timers.borrow().len())
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deadlock: the check waits, {} processes wait, no timer is set", self.waiting)
    }
}

impl std::error::Error for Deadlock {}

impl Spawn for Virtual {
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        self.go_local(process);
    }
}

impl SpawnLocal for Virtual {
    fn go_local<F: Future<Output = ()> + 'static>(&self, process: F) {
        with_current(|executor| executor.start(Box::pin(process)));
    }
}

impl Timer for Virtual {
    type Instant = Duration;
    type Wait = Wait;

    fn now(&self) -> Duration {
        with_current(|executor| executor.now.get())
    }

    fn later(&self, start: Duration, duration: Duration) -> Duration {
        start.saturating_add(duration)
    }

    fn between(&self, earlier: Duration, later: Duration) -> Duration {
        later.saturating_sub(earlier)
    }

    fn wait_until(&self, deadline: Duration) -> Wait {
        Wait { deadline, entry: None }
    }
}

/// The future of [`Virtual`]'s timers.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Wait {
    deadline: Duration,
    entry: Option<u64>,
}

impl Wait {
    fn cancel(&mut self) {
        if let Some(entry) = self.entry.take() {
            // Dropped with the executor, when its timers are gone anyway.
            if let Some(executor) = current() {
                drop(executor.timers.borrow_mut().remove(&(self.deadline, entry)));
            }
        }
    }
}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.cancel();
        let deadline = self.deadline;
        self.entry = with_current(|executor| executor.arm(deadline, cx.waker()));
        if self.entry.is_some() { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The main future is no task in the list.
const MAIN: usize = usize::MAX;

#[derive(Default)]
struct Executor {
    tasks: RefCell<Vec<Option<Process>>>,
    waiting: Cell<usize>,
    ready: Arc<Ready>,
    now: Cell<Duration>,
    /// By deadline, then in the order in which they were set.
    timers: RefCell<BTreeMap<(Duration, u64), Waker>>,
    next_timer: Cell<u64>,
}

type Process = Pin<Box<dyn Future<Output = ()>>>;

impl Executor {
    fn waker(&self, id: usize) -> Waker {
        let ready = self.ready.clone();
        Waker::from(Arc::new(Task { id, is_queued: AtomicBool::new(false), ready }))
    }

    fn start(&self, process: Process) {
        let id = {
            let mut tasks = self.tasks.borrow_mut();
            tasks.push(Some(process));
            tasks.len() - 1
        };
        self.waiting.set(self.waiting.get() + 1);
        self.waker(id).wake();
    }

    fn poll(&self, task: Arc<Task>) {
        let id = task.id;
        // Out of the list, for it may start processes.
        let Some(mut process) = self.tasks.borrow_mut()[id].take() else { return };
        let waker = Waker::from(task);
        let is_ready = process.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        if is_ready {
            self.waiting.set(self.waiting.get() - 1);
        } else {
            self.tasks.borrow_mut()[id] = Some(process);
        }
    }

    fn arm(&self, deadline: Duration, waker: &Waker) -> Option<u64> {
        if deadline <= self.now.get() {
            return None;
        }
        let entry = self.next_timer.get();
        self.next_timer.set(entry + 1);
        self.timers.borrow_mut().insert((deadline, entry), waker.clone());
        Some(entry)
    }

    /// Invariant 2; false if no timer is set.
    fn jump(&self) -> bool {
        let Some(((deadline, _), waker)) = self.timers.borrow_mut().pop_first() else {
            return false;
        };
        self.now.set(deadline);
        waker.wake();
        true
    }
}

/// The run queue: the part of the executor that wakers reach, from any thread.
#[derive(Default)]
struct Ready(Mutex<VecDeque<Arc<Task>>>);

impl Ready {
    fn push(&self, task: Arc<Task>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(task);
    }

    fn pop(&self) -> Option<Arc<Task>> {
        let task = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        task.is_queued.store(false, Ordering::Release);
        Some(task)
    }
}

struct Task {
    id: usize,
    is_queued: AtomicBool,
    ready: Arc<Ready>,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if !self.is_queued.swap(true, Ordering::AcqRel) {
            let ready = self.ready.clone();
            ready.push(self);
        }
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.clone().wake();
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Executor>>> = const { RefCell::new(None) };
}

fn current() -> Option<Rc<Executor>> {
    CURRENT.with_borrow(Clone::clone)
}

fn with_current<R>(f: impl FnOnce(&Executor) -> R) -> R {
    f(&current().expect("virtual time is used inside of `virtual_time::run`"))
}

/// Puts the executor of an outer `run` back at the end, and drops the processes that are left while
/// theirs is still there.
struct Installed {
    executor: Rc<Executor>,
    outer: Option<Rc<Executor>>,
}

impl Installed {
    fn new(executor: &Rc<Executor>) -> Self {
        let outer = CURRENT.replace(Some(executor.clone()));
        Self { executor: executor.clone(), outer }
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let processes = self.executor.tasks.take();
        drop(processes);
        // A queued task and the queue point to each other.
        while self.executor.ready.pop().is_some() {}
        drop(CURRENT.replace(self.outer.take()));
    }
}
