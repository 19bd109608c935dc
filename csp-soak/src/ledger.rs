//! What became of every value of a round, and how many wakers and processes live.
//!
//! *Model.* A [`Value`] is either *held* by a process or *in* a channel, and says when it is
//! dropped. The [`Ledger`] has a fate for each value, and for each channel how many values were
//! accepted by it, taken out of it, and dropped inside of it without anybody having had a hand in
//! it: these are the discarded ones, or the lost ones.
//!
//! *Invariants*, at the end of a round:
//! 1. every value has one fate: none was dropped twice, none leaked;
//! 2. for each channel, accepted = taken + discarded, by its own count of the discarded;
//! 3. for each channel, dropped inside = discarded: what was not discarded by a rule was not lost;
//! 4. no waker that an operation was given is alive;
//! 5. each choice had the effect of one branch, the one that it named (checked where it is made).

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Fate {
    Unknown = 0,
    /// It arrived where values are used up.
    Delivered,
    /// It was dropped with the put that had not been accepted.
    Withdrawn,
    /// It was dropped by whoever held it: a process that was stopped, or had nowhere to put it.
    DroppedByHolder,
    /// It was dropped inside a channel.
    DroppedInside,
}

const HELD: usize = usize::MAX;
/// Its fate is known.
const SPENT: usize = HELD - 1;

thread_local! {
    /// The value that may be withdrawn now, and whether it was.
    static LEAVING: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
}

#[derive(Debug, Default)]
struct Line {
    accepted: AtomicU32,
    taken: AtomicU32,
    dropped_inside: AtomicU32,
}

#[derive(Debug)]
pub(crate) struct Ledger {
    fates: Box<[AtomicU8]>,
    made: AtomicU32,
    lines: Box<[Line]>,
    wakers: AtomicUsize,
    running: AtomicUsize,
    cancelled: AtomicU64,
    failures: Mutex<Vec<String>>,
    /// Of the whole run: what a watchdog looks at.
    progress: Arc<AtomicU64>,
}

impl Ledger {
    pub(crate) fn new(lines: usize, most_values: usize, progress: Arc<AtomicU64>) -> Arc<Self> {
        Arc::new(Self {
            fates: (0..most_values).map(|_| AtomicU8::new(Fate::Unknown as u8)).collect(),
            made: AtomicU32::new(0),
            lines: (0..lines).map(|_| Line::default()).collect(),
            wakers: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            cancelled: AtomicU64::new(0),
            failures: Mutex::default(),
            progress,
        })
    }

    /// A new value, held by whoever asks.
    pub(crate) fn make(self: &Arc<Self>, hops: usize) -> Value {
        let id = self.made.fetch_add(1, Relaxed);
        assert!((id as usize) < self.fates.len(), "more values than the round was to have");
        Value { id, hops, place: HELD, ledger: self.clone() }
    }

    pub(crate) fn made(&self) -> u32 {
        self.made.load(Relaxed)
    }

    pub(crate) fn accepted(&self, line: usize) {
        self.lines[line].accepted.fetch_add(1, Relaxed);
        self.went_on();
    }

    pub(crate) fn went_on(&self) {
        self.progress.fetch_add(1, Relaxed);
    }

    pub(crate) fn cancelled(&self) {
        self.cancelled.fetch_add(1, Relaxed);
    }

    pub(crate) fn cancellations(&self) -> u64 {
        self.cancelled.load(Relaxed)
    }

    pub(crate) fn fail(&self, what: String) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// A process, or an operation that goes on by itself, as long as the guard lives.
    pub(crate) fn run(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Relaxed);
        Running(self.clone())
    }

    /// Processes that run and wakers that live.
    pub(crate) fn alive(&self) -> (usize, usize) {
        (self.running.load(Relaxed), self.wakers.load(Relaxed))
    }

    /// How many values came to this end.
    pub(crate) fn count(&self, fate: Fate) -> usize {
        let fates = &self.fates[..self.made() as usize];
        fates.iter().filter(|it| it.load(Relaxed) == fate as u8).count()
    }

    /// Compares a channel's own count, when it is empty, and nobody uses it any more.
    pub(crate) fn check_line(&self, line: usize, discarded: u32) {
        let Line { accepted, taken, dropped_inside } = &self.lines[line];
        let [accepted, taken, inside] =
            [accepted, taken, dropped_inside].map(|it| it.load(Relaxed));
        if accepted != taken + discarded || inside != discarded {
            self.fail(format!(
                "channel {line}: {accepted} accepted, {taken} taken, \
                 {discarded} discarded by its own count, {inside} dropped inside of it"
            ));
        }
    }

    /// What was found to be wrong, after all values should have come to an end.
    pub(crate) fn failures(&self) -> Vec<String> {
        for (id, fate) in self.fates.iter().enumerate().take(self.made() as usize) {
            if fate.load(Relaxed) == Fate::Unknown as u8 {
                self.fail(format!("value {id} was leaked: nobody dropped it"));
            }
        }
        std::mem::take(&mut *self.failures.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A waker that is counted as long as it lives.
    pub(crate) fn counted_waker(self: &Arc<Self>, inner: Waker) -> Waker {
        self.wakers.fetch_add(1, Relaxed);
        Waker::from(Arc::new(CountedWaker { inner, ledger: self.clone() }))
    }
}

pub(crate) struct Running(Arc<Ledger>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Relaxed);
    }
}

struct CountedWaker {
    inner: Waker,
    ledger: Arc<Ledger>,
}

impl Wake for CountedWaker {
    fn wake(self: Arc<Self>) {
        self.inner.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.inner.wake_by_ref();
    }
}

impl Drop for CountedWaker {
    fn drop(&mut self) {
        self.ledger.wakers.fetch_sub(1, Relaxed);
    }
}

/// A value with an identity. Dropped, it says where it was.
#[derive(Debug)]
pub(crate) struct Value {
    id: u32,
    /// How often it is yet to be passed on.
    pub(crate) hops: usize,
    place: usize,
    ledger: Arc<Ledger>,
}

impl Value {
    pub(crate) const fn id(&self) -> u32 {
        self.id
    }

    /// It is about to be put into a channel.
    pub(crate) fn offered_to(mut self, line: usize) -> Self {
        self.place = line;
        self
    }

    /// It was given back.
    pub(crate) fn held(mut self) -> Self {
        self.place = HELD;
        self
    }

    /// It was taken out of a channel, of which it has to have been in.
    pub(crate) fn taken_from(self, line: usize) -> Self {
        if self.place != line {
            let Self { id, place, .. } = self;
            self.ledger.fail(format!("value {id} was put into {place} and taken from {line}"));
        }
        self.ledger.lines[line].taken.fetch_add(1, Relaxed);
        self.ledger.went_on();
        self.held()
    }

    /// It has arrived.
    pub(crate) fn deliver(mut self) {
        self.end(Fate::Delivered);
        self.place = SPENT;
    }

    fn end(&self, fate: Fate) {
        let before = self.ledger.fates[self.id as usize].swap(fate as u8, Relaxed);
        if before != Fate::Unknown as u8 {
            self.ledger.fail(format!("value {} came to a second end: {fate:?}", self.id));
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if self.place == SPENT {
            return;
        }
        if let Some((id, _)) = LEAVING.get()
            && id == self.id
        {
            LEAVING.set(Some((id, true)));
            return self.end(Fate::Withdrawn);
        }
        if self.place == HELD {
            return self.end(Fate::DroppedByHolder);
        }
        self.ledger.lines[self.place].dropped_inside.fetch_add(1, Relaxed);
        self.end(Fate::DroppedInside);
    }
}

/// Drops a put; returns whether its value went with it.
pub(crate) fn withdraw<P>(id: u32, put: P) -> bool {
    let before = LEAVING.replace(Some((id, false)));
    drop(put);
    LEAVING.replace(before).is_some_and(|(_, is_withdrawn)| is_withdrawn)
}
