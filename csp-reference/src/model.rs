//! The reference: what `docs/semantics.md` says about a handful of offers on some channels.
//!
//! *Model.* A `Room` is a channel: the values in it, who waits at it in order of arrival, how it
//! ended. A `Party` is an offer. Everything happens at once and by value; there is no memory to
//! protect, so a match is two entries that leave their lists. What the semantics leave open, which
//! of several ready branches is chosen, is read off the result of the step and only checked to be
//! allowed.
//!
//! Whom a channel wakes is not predicted either: it is observed (`Party::told`), and the rules
//! are checked on it (`Model::check_told`).

mod channel;
mod marks;
mod observe;

use marks::Marks;
pub use observe::{Look, Outside, Wakers};

use std::hash::{Hash, Hasher};

use csp_core::Ended;

use crate::script::{self, Form, Offer, Side, Step, value_of};

/// What a step came to, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    Accepted,
    Full,
    /// A put failed, its value came back.
    Refused(Ended),
    Took(u8),
    Empty,
    /// A take failed.
    NoValue(Ended),
    /// A stream ended.
    NoItem,
    /// `closed()` completed.
    Over(Ended),
    /// The default of a choice.
    Default,
}

/// The result of a step: of which branch, if it was a poll, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Pending,
    Ready(usize, Said),
    Tried(Said),
}

/// What a full buffer does with one more value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overflow {
    Wait,
    LoseNewest,
    LoseOldest,
    ReplaceNewest,
}

/// The kind of a channel.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// 0 is a rendezvous.
    pub capacity: usize,
    pub overflow: Overflow,
    /// For how many values that may come back there is a place.
    pub places: usize,
    /// Whether it keeps the waker of a plain offer that it has completed, the last of each side.
    pub keeps: bool,
}

/// An offer and the branch of it, in order of arrival.
type Waiting = Vec<(usize, usize)>;

/// A channel.
#[derive(Debug, Clone)]
struct Room {
    shape: Shape,
    buffer: Vec<u8>,
    /// Came back, in the order in which they had been handed over.
    returned: Vec<u8>,
    /// Handed over, and not collected since: in that order, those that came back included.
    line: Vec<u8>,
    puts: Waiting,
    takes: Waiting,
    watchers: Waiting,
    ended: Option<Ended>,
    /// What is here, or comes back, is discarded (A15).
    discards: bool,
    /// The offers whose wakers are kept: a put, a take.
    kept: [Option<usize>; 2],
    /// How many plain offers have begun to wait; from the second one on, wakers are kept.
    waits: usize,
    tally: Tally,
}

/// The account of A6.
#[derive(Debug, Clone, Default)]
struct Tally {
    accepted: usize,
    taken: usize,
    discarded: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    New,
    Waiting,
    /// Somebody decided it; each of these is allowed, as an end may reach a choice by any of its
    /// branches.
    Decided(Vec<(usize, Said)>),
    /// An `Alternative` between two selections: at its channels, and no offer (A19).
    Idle,
    Gone,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Party {
    phase: Phase,
    /// Its waker was called since it last returned pending.
    told: bool,
    /// What an `Alternative` is to know.
    marks: Marks,
}

impl Party {
    fn new() -> Self {
        Self { phase: Phase::New, told: false, marks: Marks::new() }
    }
}

/// Where a value is, as far as its drop tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Unborn,
    Alive,
    /// Dropped, by whoever took it, by its put, or by a rule.
    Gone,
    /// In the caller's `Option`, and dropped there.
    Back,
}

/// Everything.
#[derive(Debug, Clone)]
pub struct Model<'s> {
    offers: &'s [Offer],
    rooms: Vec<Room>,
    parties: Vec<Party>,
    values: Vec<At>,
}

impl<'s> Model<'s> {
    /// With a channel of each shape.
    pub fn new(offers: &'s [Offer], shapes: &[Shape]) -> Self {
        let mut values = vec![At::Unborn; script::branches(offers)];
        for (offer, it) in offers.iter().enumerate() {
            for (branch, guard) in it.guards().enumerate() {
                if guard.side == Side::Put {
                    values[usize::from(value_of(offers, offer, branch))] = At::Alive;
                }
            }
        }
        let parties = offers.iter().map(|_| Party::new()).collect();
        let rooms = shapes.iter().copied().map(Room::new).collect();
        Self { offers, rooms, parties, values }
    }

    /// Checks the result of a step against what is allowed, and does the step.
    pub fn follow(&mut self, step: Step, seen: Seen) -> Result<(), String> {
        let followed = self.follow_unmarked(step, seen);
        self.mark_all();
        followed
    }

    fn follow_unmarked(&mut self, step: Step, seen: Seen) -> Result<(), String> {
        match step {
            Step::Poll(offer) | Step::Renew(offer) => self.polled(offer, seen),
            Step::Drop(offer) => {
                self.dropped(offer);
                Ok(())
            }
            Step::TryPut(channel) => {
                let said = self.try_put(channel);
                expect(seen, Seen::Tried(said))
            }
            Step::TryTake(channel) => {
                let said = self.try_take(channel);
                expect(seen, Seen::Tried(said))
            }
            Step::Close(channel) => {
                self.end(channel, Ended::Closed, false);
                Ok(())
            }
            Step::Poison(channel) => {
                self.end(channel, Ended::Poisoned { strength: 2 }, true);
                Ok(())
            }
            Step::Taint(channel) => {
                self.end(channel, Ended::Poisoned { strength: 1 }, false);
                Ok(())
            }
        }
    }

    fn polled(&mut self, offer: usize, seen: Seen) -> Result<(), String> {
        self.register(offer);
        // Who waits and has not been told need not look.
        let may_wait = self.is_idle(offer) && !self.should_know(offer);
        self.parties[offer].told = false;
        if let Phase::Decided(allowed) = &self.parties[offer].phase {
            let chosen = match seen {
                Seen::Ready(branch, said) => allowed.contains(&(branch, said)),
                _ => false,
            };
            if !chosen {
                return Err(format!("offer {offer} was decided, one of {allowed:?}, got {seen:?}"));
            }
            return self.collected(offer, seen);
        }
        let ready = self.allowed(offer);
        match seen {
            Seen::Pending if may_wait || (ready.is_empty() && !self.has_default(offer)) => {
                self.marks_seen(offer, None);
                self.waits(offer);
                Ok(())
            }
            Seen::Ready(_, Said::Default) if ready.is_empty() && self.has_default(offer) => {
                self.marks_seen(offer, None);
                self.defaulted(offer);
                Ok(())
            }
            Seen::Ready(branch, _) if ready.contains(&branch) => {
                self.marks_seen(offer, Some(branch));
                let said = self.commit(offer, branch);
                expect(seen, Seen::Ready(branch, said))
            }
            _ => Err(format!("offer {offer} could choose of {ready:?}, got {seen:?}")),
        }
    }

    fn has_default(&self, offer: usize) -> bool {
        self.offers[offer].form.has_default()
    }

    /// The branches that may happen now (A19 to A21).
    fn allowed(&self, offer: usize) -> Vec<usize> {
        let branches = self.offers[offer].guards().enumerate().map(|(branch, _)| branch);
        let ready = branches.filter(|&branch| self.is_ready(offer, branch));
        match self.offers[offer].form {
            Form::FairAlternative => self.next_in_turn(offer, ready.collect()),
            form if form.is_random() => ready.collect(),
            _ => ready.take(1).collect(),
        }
    }

    /// Whether an offer that waits could proceed, and somebody could have told it so.
    fn should_know(&self, offer: usize) -> bool {
        let mut branches = self.offers[offer].guards().enumerate();
        branches.any(|(branch, _)| self.is_known_ready(offer, branch))
    }

    pub fn is_new(&self, offer: usize) -> bool {
        self.parties[offer].phase == Phase::New
    }

    /// Was polled, and is not over.
    pub fn has_begun(&self, offer: usize) -> bool {
        !self.is_new(offer) && !self.is_gone(offer)
    }

    pub fn is_gone(&self, offer: usize) -> bool {
        self.parties[offer].phase == Phase::Gone
    }

    /// Waits, and nothing has happened since it was last polled.
    pub fn is_idle(&self, offer: usize) -> bool {
        self.parties[offer].phase == Phase::Waiting && !self.parties[offer].told
    }

    /// How many offers there are.
    pub fn offers(&self) -> usize {
        self.offers.len()
    }

    /// How many channels there are.
    pub fn channels(&self) -> usize {
        self.rooms.len()
    }

    pub fn ended(&self, channel: usize) -> Option<Ended> {
        self.rooms[channel].ended
    }

    pub fn len(&self, channel: usize) -> usize {
        self.rooms[channel].len()
    }
}

/// What distinguishes two moments for all that can happen later; the account of the past is left
/// out.
impl Hash for Model<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parties.hash(state);
        for room in &self.rooms {
            (&room.buffer, &room.returned, &room.line).hash(state);
            (&room.puts, &room.takes, &room.watchers).hash(state);
            (room.ended, room.discards, room.kept, room.waits.min(2)).hash(state);
        }
    }
}

fn expect(seen: Seen, wanted: Seen) -> Result<(), String> {
    if seen == wanted { Ok(()) } else { Err(format!("expected {wanted:?}, got {seen:?}")) }
}
