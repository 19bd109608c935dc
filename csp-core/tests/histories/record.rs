//! Runs scripts on threads and records what they do.
//!
//! The threads live through all histories of a world: to start one takes longer than its script.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use csp_core::lock::StdLock;
use csp_core::{BranchOutcome, Chan, Error, PutError, TakeError, TryPutError, TryTakeError};
use csp_core::{Kind, alts};

use crate::asleep::Asleep;
use crate::history::{Branch, Call, Channel, Effect, History, Op, Outcome, Value};

pub(crate) type Subject = Chan<Value, StdLock>;

/// One script for each thread.
pub(crate) type Scripts = Vec<Vec<Op>>;

/// How long a thread waits for the others on their way out of a barrier.
const SPINS: u32 = 1_000;

struct Round {
    subjects: Vec<Subject>,
    scripts: Scripts,
    start: Barrier,
    started: AtomicUsize,
    tickets: AtomicU64,
    asleep: Arc<Asleep>,
    calls: Mutex<Vec<Call>>,
}

impl Round {
    fn new(sizes: &[usize], scripts: Scripts) -> Self {
        let subject = |&size: &usize| match size {
            0 => Subject::new(),
            size => Subject::with(Kind::Fixed(size)),
        };
        Self {
            subjects: sizes.iter().map(subject).collect(),
            start: Barrier::new(scripts.len()),
            started: AtomicUsize::new(0),
            tickets: AtomicU64::new(0),
            asleep: Asleep::new(scripts.len()),
            calls: Mutex::default(),
            scripts,
        }
    }

    fn ticket(&self) -> u64 {
        self.tickets.fetch_add(1, Ordering::SeqCst)
    }

    fn call(&self, thread: usize, op: Op) -> Call {
        let began = self.ticket();
        let outcome = self.perform(&op, began);
        Call { thread, op, began, outcome, returned: self.ticket() }
    }

    fn run_script(&self, thread: usize) {
        self.start.wait();
        self.started.fetch_add(1, Ordering::Relaxed);
        for _ in 0..SPINS {
            if self.started.load(Ordering::Relaxed) == self.scripts.len() {
                break;
            }
            std::hint::spin_loop();
        }
        let calls: Vec<_> =
            self.scripts[thread].iter().map(|op| self.call(thread, op.clone())).collect();
        self.calls.lock().unwrap().extend(calls);
        self.asleep.has_finished();
    }

    /// When nobody gets any further, closes the channels, and takes what is left.
    fn end(&self) {
        let me = self.scripts.len();
        self.asleep.wait_for_all();
        let mut calls: Vec<Call> =
            (0..self.subjects.len()).map(|channel| self.call(me, Op::Close(channel))).collect();
        self.asleep.wait_for_the_end();
        for channel in 0..self.subjects.len() {
            loop {
                let branches = vec![Branch::Take(channel)];
                let call = self.call(me, Op::Offer { branches, waits: false });
                let is_over = !matches!(call.outcome, Outcome::Chose(_, Effect::Took(_)));
                calls.push(call);
                if is_over {
                    break;
                }
            }
        }
        self.calls.lock().unwrap().append(&mut calls);
    }
}

/// Runs one history after another, each with fresh channels.
pub(crate) fn record(
    sizes: &[usize],
    scripts: impl Iterator<Item = Scripts>,
    mut each: impl FnMut(History),
) {
    let rounds: Vec<Round> = scripts.map(|scripts| Round::new(sizes, scripts)).collect();
    let threads = rounds.first().map_or(0, |round| round.scripts.len());
    thread::scope(|scope| {
        for thread in 0..threads {
            let rounds = &rounds;
            scope.spawn(move || rounds.iter().for_each(|round| round.run_script(thread)));
        }
        rounds.iter().for_each(Round::end);
    });
    for round in rounds {
        let calls = round.calls.into_inner().unwrap();
        each(History { sizes: sizes.to_vec(), calls });
    }
}

impl Round {
    /// Does what the operation says, in one of the forms that do it.
    fn perform(&self, op: &Op, ticket: u64) -> Outcome {
        let subjects = &self.subjects;
        let (branches, waits) = match op {
            Op::Close(channel) => {
                subjects[*channel].close();
                return Outcome::Nothing;
            }
            Op::Offer { branches, waits } => (branches, *waits),
        };
        let blocks = ticket.is_multiple_of(4);
        match (&branches[..], waits) {
            (&[Branch::Put(to, value)], true) => self.put(&subjects[to], value, blocks),
            (&[Branch::Put(to, value)], false) => match subjects[to].try_put(value) {
                Ok(()) => Outcome::Chose(0, Effect::Accepted),
                Err(TryPutError::Full(_)) => Outcome::NotReady,
                Err(TryPutError::Closed(_)) => Outcome::Chose(0, Effect::Closed),
                Err(error) => panic!("{error}"),
            },
            (&[Branch::Take(from)], true) => {
                let from = &subjects[from];
                took(if blocks {
                    self.asleep.perhaps(|| from.take_blocking())
                } else {
                    self.asleep.block_on(from.take())
                })
            }
            (&[Branch::Take(from)], false) => match subjects[from].try_take() {
                Ok(value) => Outcome::Chose(0, Effect::Took(value)),
                Err(TryTakeError::Empty) => Outcome::NotReady,
                Err(TryTakeError::Closed) => Outcome::Chose(0, Effect::Closed),
                Err(error) => panic!("{error}"),
            },
            _ => self.choose(branches, waits, blocks),
        }
    }

    fn put(&self, to: &Subject, value: Value, blocks: bool) -> Outcome {
        let put = if blocks {
            self.asleep.perhaps(|| to.put_blocking(value))
        } else {
            self.asleep.block_on(to.put(value))
        };
        match put {
            Ok(()) => Outcome::Chose(0, Effect::Accepted),
            Err(PutError::Closed(_)) => Outcome::Chose(0, Effect::Closed),
            Err(error) => panic!("{error}"),
        }
    }

    fn choose(&self, branches: &[Branch], waits: bool, blocks: bool) -> Outcome {
        let mut offers: Vec<Option<Value>> = branches
            .iter()
            .map(|branch| match branch {
                Branch::Put(_, value) => Some(*value),
                Branch::Take(_) => None,
            })
            .collect();
        let at = |channel: Channel| &self.subjects[channel];
        let guards = branches.iter().zip(&mut offers).map(|(branch, offer)| match branch {
            Branch::Put(to, _) => csp_core::Branch::put_from(at(*to), offer),
            Branch::Take(from) => csp_core::Branch::take(at(*from)),
        });
        let mut guards = Box::into_pin(guards.collect::<Box<[_]>>());
        let choice = alts(guards.as_mut());
        let chosen = match (waits, blocks) {
            (true, true) => Some(self.asleep.perhaps(|| choice.blocking())),
            (true, false) => Some(self.asleep.block_on(choice)),
            (false, true) => choice.try_now(),
            (false, false) => self.asleep.block_on(choice.or_default()),
        };
        drop(guards);
        let outcome = match chosen {
            None => Outcome::NotReady,
            Some((index, BranchOutcome::Took(taken))) => match took(taken) {
                Outcome::Chose(_, effect) => Outcome::Chose(index, effect),
                other => other,
            },
            Some((index, BranchOutcome::Put(Ok(())))) => Outcome::Chose(index, Effect::Accepted),
            Some((index, BranchOutcome::Put(Err(Error::Closed)))) => {
                Outcome::Chose(index, Effect::Closed)
            }
            Some((_, BranchOutcome::Put(Err(error)))) => panic!("{error}"),
        };
        // A23: what was not accepted is in its place.
        for (index, (branch, offer)) in branches.iter().zip(&offers).enumerate() {
            if let Branch::Put(_, value) = branch {
                let is_gone = outcome == Outcome::Chose(index, Effect::Accepted);
                assert_eq!(*offer, (!is_gone).then_some(*value), "{branches:?} -> {outcome:?}");
            }
        }
        outcome
    }
}

fn took(taken: Result<Value, TakeError>) -> Outcome {
    match taken {
        Ok(value) => Outcome::Chose(0, Effect::Took(value)),
        Err(TakeError::Closed) => Outcome::Chose(0, Effect::Closed),
        Err(error) => panic!("{error}"),
    }
}
