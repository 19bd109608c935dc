//! The word of a choice: the one place where "who won" is decided.
//!
//! *Model.* A choice is a word and a waker. A plain put or take is a choice with one branch, whose
//! word lives in its own wait node; the branches of an `alts` share one [`Choice`] in the pinned
//! future. The word packs the state, the notice bit, the winner and its outcome.
//!
//! ```text
//!            ┌─────┐ 1  ┌──────┐ 4  ┌─────────┐ 5  ┌──────┐
//!            │ New ├───►│ Open ├───►│ Claimed ├───►│ Done │
//!            └──┬──┘    └┬─┬──▲┘    └─────────┘    └──┬───┘
//!               │      3 │ │2 │2                      │ 6
//!               │        ▼ ▼  │                       ▼
//!               │   Cancelled Open+notified       ┌──────────┐
//!               └────────────────────────────────►│ Finished │
//!                              6                  └──────────┘
//! ```
//! 1. publish: the owner, holding all its locks, puts every node into its list and opens the word
//!    (`WaitList::publish`, `alts`). Until then nobody else can reach the choice.
//! 2. notify: somebody who holds a lock of the choice tells it to look again and takes the waker;
//!    the owner re-arms it, holding all its locks (`WaitList::tell_next`, `Waiter::rearm`).
//! 3. the owner decides for itself: another branch (a timer, a future) won, or it is dropped.
//! 4. claim: a partner that holds the lock of one of the branches; irrevocable.
//! 5. complete: the same partner, after it has moved the value and taken the waker. Its last
//!    touch of the choice and its nodes, which may be freed from then on.
//! 6. the owner has seen what became of it.
//!
//! *Invariants.*
//! 1. A choice looks for partners only while nobody can claim it: unpublished, or with all its
//!    locks held.
//! 2. `Open → Claimed → Done` and `Open → Cancelled` happen once; a match is decided by the one
//!    compare-and-swap of 3 or 4.
//! 3. A word with the bit `SOLE` is written only under one lock, or on one thread: a plain load and
//!    store decide there. That holds for arrow 3 too, which an owner could take without a lock.
//!
//! *Source*: Go's `select`, with its lock order and its three passes; the notice is ours.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::task::Waker;

use crate::error::{Ended, Refused};
use crate::sync::{Access, AtomicU32, Ordering, compare_and_swap};

/// Where a choice is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Phase {
    /// Zero, which costs least to write and to compare with: each operation begins so.
    New = 0,
    /// Beside it, so that one comparison says that an operation is neither.
    Finished = 1,
    Claimed = 2,
    Done = 3,
    Cancelled = 4,
    /// Open, but only to notices: it is never claimed (a stream between two polls, a branch of an
    /// `Alternative`).
    Listening = 5,
    Open = 6,
    /// Not a state: the node is a branch, and its state is in the choice that it points to.
    Branch = 7,
}

/// What a completed branch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The value has moved.
    Moved,
    /// The value of a promise is there: come and clone it.
    Look,
    /// Nothing moved.
    Refused(Refused),
}

impl From<Refused> for Outcome {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Ended> for Outcome {
    fn from(ended: Ended) -> Self {
        Self::Refused(Refused::Ended(ended))
    }
}

/// The largest number of branches that a word can tell apart.
pub(crate) const MAX_BRANCHES: usize = 1 << 16;

const PHASE: u32 = 0b111;
const NOTIFIED: u32 = 1 << 3;
const SOLE: u32 = 1 << 4;
const OUTCOME_SHIFT: u32 = 5;
const OUTCOME: u32 = 0b111 << OUTCOME_SHIFT;
/// Of a word that listens, and so has no outcome yet.
const MEMBER: u32 = 1 << OUTCOME_SHIFT;
const STRENGTH_SHIFT: u32 = 8;
const BRANCH_SHIFT: u32 = 16;

/// A value of the word, unpacked by its methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(u32);

impl Word {
    pub(crate) const NEW: Self = Self(Phase::New as u32);
    pub(crate) const FINISHED: Self = Self(Phase::Finished as u32);
    pub(crate) const CANCELLED: Self = Self(Phase::Cancelled as u32);
    /// A plain operation that was told nothing and is claimed.
    pub(crate) const CLAIMED_PLAIN: Self = Self::open(true).claimed(0);
    /// What becomes of it if the value moves.
    pub(crate) const MOVED_PLAIN: Self = Self::done_plain(Outcome::Moved);

    pub(crate) const fn open(sole: bool) -> Self {
        Self(Phase::Open as u32 | if sole { SOLE } else { 0 })
    }

    pub(crate) const fn listening() -> Self {
        Self(Phase::Listening as u32 | SOLE)
    }

    /// Branch `index` of an `Alternative`.
    pub(crate) const fn member(index: u16) -> Self {
        Self(Self::listening().0 | MEMBER | (index as u32) << BRANCH_SHIFT)
    }

    /// Whether the node is a branch of an `Alternative`.
    pub(crate) const fn is_member(self) -> bool {
        self.0 & (PHASE | MEMBER) == Phase::Listening as u32 | MEMBER
    }

    pub(crate) const fn branch(index: u16) -> Self {
        Self(Phase::Branch as u32 | (index as u32) << BRANCH_SHIFT)
    }

    pub(crate) const fn phase(self) -> Phase {
        match self.0 & PHASE {
            0 => Phase::New,
            1 => Phase::Finished,
            2 => Phase::Claimed,
            3 => Phase::Done,
            4 => Phase::Cancelled,
            5 => Phase::Listening,
            6 => Phase::Open,
            _ => Phase::Branch,
        }
    }

    /// Whether the choice is new or finished, when nothing else is said in the word.
    #[inline]
    pub(crate) const fn is_idle(self) -> bool {
        self.0 <= Self::FINISHED.0
    }

    #[inline]
    pub(crate) const fn is(self, phase: Phase) -> bool {
        self.0 & PHASE == phase as u32
    }

    pub(crate) const fn is_notified(self) -> bool {
        self.0 & NOTIFIED != 0
    }

    /// The same word with the notice.
    pub(crate) const fn notified(self) -> Self {
        Self(self.0 | NOTIFIED)
    }

    /// The open word again, without the notice.
    pub(crate) const fn rearmed(self) -> Self {
        Self(self.0 & !NOTIFIED)
    }

    pub(crate) const fn is_sole(self) -> bool {
        self.0 & SOLE != 0
    }

    /// The winner of a claimed or completed choice, or the place of a branch in its `alts`.
    pub(crate) const fn index(self) -> u16 {
        (self.0 >> BRANCH_SHIFT) as u16
    }

    const fn claimed(self, index: u16) -> Self {
        let kept = self.0 & (NOTIFIED | SOLE);
        Self(Phase::Claimed as u32 | kept | (index as u32) << BRANCH_SHIFT)
    }

    const fn done(self, outcome: Outcome) -> Self {
        let (code, strength) = match outcome {
            Outcome::Moved => (0, 0),
            Outcome::Look => (1, 0),
            Outcome::Refused(Refused::Ended(Ended::Closed)) => (2, 0),
            Outcome::Refused(Refused::Ended(Ended::Poisoned { strength })) => (3, strength),
            Outcome::Refused(Refused::Crowded) => (4, 0),
        };
        let kept = self.0 & (SOLE | u32::MAX << BRANCH_SHIFT);
        let packed = code << OUTCOME_SHIFT | (strength as u32) << STRENGTH_SHIFT;
        Self(Phase::Done as u32 | kept | packed)
    }

    /// What becomes of a plain operation.
    #[inline]
    pub(crate) const fn done_plain(outcome: Outcome) -> Self {
        Self::CLAIMED_PLAIN.done(outcome)
    }

    /// Whether a partner has completed it, and the value has moved.
    #[inline]
    pub(crate) const fn has_moved(self) -> bool {
        // The code of `Moved` is 0.
        self.0 & (PHASE | OUTCOME) == Phase::Done as u32
    }

    pub(crate) const fn outcome(self) -> Outcome {
        match (self.0 & OUTCOME) >> OUTCOME_SHIFT {
            0 => Outcome::Moved,
            1 => Outcome::Look,
            2 => Outcome::Refused(Refused::Ended(Ended::Closed)),
            3 => Outcome::Refused(Refused::Ended(Ended::Poisoned {
                strength: (self.0 >> STRENGTH_SHIFT) as u8,
            })),
            _ => Outcome::Refused(Refused::Crowded),
        }
    }
}

/// The atomic word.
#[derive(Debug)]
pub(crate) struct State(AtomicU32);

impl State {
    pub(crate) const fn new(word: Word) -> Self {
        Self(AtomicU32::new(word.0))
    }

    /// What the word says now; having seen `Done`, the owner may touch what the partner wrote.
    #[inline]
    pub(crate) fn get(&self) -> Word {
        Word(self.0.load(Ordering::Acquire))
    }

    /// What the word says now, where nothing that a partner wrote is touched before a lock of the
    /// choice, or [`get`](Self::get), puts the two in order.
    #[inline]
    pub(crate) fn get_unordered(&self) -> Word {
        Word(self.0.load(Ordering::Relaxed))
    }

    /// Sets the word, which nobody but its owner looks at without a lock of the choice.
    #[inline]
    pub(crate) fn set_unordered(&self, word: Word) {
        self.0.store(word.0, Ordering::Relaxed);
    }

    /// Sets the word while nobody else can change it.
    #[inline]
    pub(crate) fn set(&self, word: Word) {
        self.0.store(word.0, Ordering::Release);
    }

    /// Arrow 4: claims branch `index` of an open choice; false if somebody else decided it.
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub(crate) fn claim(&self, index: u16) -> bool {
        self.decide(|word| word.claimed(index), |word| word.is(Phase::Open))
    }

    /// Arrow 4 for a plain operation that has been told nothing; false for whatever else it is.
    ///
    /// It stores nothing, for nobody looks at the word before arrow 5: that is under the same lock,
    /// and the owner makes no difference between open and claimed without it.
    #[inline]
    pub(crate) fn claim_plain(&self) -> bool {
        self.get_unordered() == Word::open(true)
    }

    /// Arrow 3: the owner closes its open choice; the word as it was, or as somebody decided it.
    /// The caller holds the lock that a sole word lies under.
    pub(crate) fn cancel(&self) -> Result<Word, Word> {
        let mut was = self.get();
        while was.is(Phase::Open) {
            match self.exchange(was, Word::CANCELLED) {
                Ok(()) => return Ok(was),
                Err(now) => was = now,
            }
        }
        Err(was)
    }

    /// Arrow 2: sets the notice bit of an open choice that has not got it yet.
    pub(crate) fn notify(&self) -> bool {
        self.decide(Word::notified, |word| {
            matches!(word.phase(), Phase::Open | Phase::Listening) && !word.is_notified()
        })
    }

    /// Arrow 5: the last touch.
    #[inline]
    pub(crate) fn complete(&self, outcome: Outcome) {
        let claimed = Word(self.0.load(Ordering::Relaxed));
        // There a plain operation comes here too, which is claimed without a store.
        let is_plain = cfg!(target_os = "none") && claimed == Word::open(true);
        let is_claimed = is_plain || claimed.is(Phase::Claimed);
        debug_assert!(is_claimed, "invariant 2, not {claimed:?}");
        self.set(claimed.done(outcome));
    }

    fn decide(&self, to: impl Fn(Word) -> Word, allowed: impl Fn(Word) -> bool) -> bool {
        let mut was = Word(self.0.load(Ordering::Relaxed));
        while allowed(was) {
            match self.exchange(was, to(was)) {
                Ok(()) => return true,
                Err(now) => was = now,
            }
        }
        false
    }

    fn exchange(&self, was: Word, now: Word) -> Result<(), Word> {
        if was.is_sole() {
            // Invariant 3.
            self.set(now);
            return Ok(());
        }
        compare_and_swap(&self.0, was.0, now.0).map_err(Word)
    }
}

/// What the branches of one `alts` share: the word and the waker.
///
/// The waker is initialised while the word is open and not notified. It belongs to the owner, who
/// changes it with all locks held; to the claimer after arrow 4; to the notifier after arrow 2.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) state: State,
    pub(crate) waker: UnsafeCell<MaybeUninit<Waker>>,
    /// To `waker`.
    pub(crate) access: Access,
}

impl Choice {
    pub(crate) const fn new() -> Self {
        let waker = UnsafeCell::new(MaybeUninit::uninit());
        Self { state: State::new(Word::NEW), waker, access: Access::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_what_is_packed_into_it() {
        let outcomes = [
            Outcome::Moved,
            Outcome::Look,
            Outcome::Refused(Refused::Crowded),
            Outcome::from(Ended::Closed),
            Outcome::from(Ended::Poisoned { strength: 1 }),
            Outcome::from(Ended::Poisoned { strength: 255 }),
        ];
        for outcome in outcomes {
            for index in [0, 1, u16::MAX] {
                let done = Word::open(false).claimed(index).done(outcome);
                assert_eq!(done.phase(), Phase::Done);
                assert_eq!((done.index(), done.outcome()), (index, outcome));
                assert!(!done.is_notified());
            }
        }
    }

    #[test]
    fn a_word_tells_in_every_phase_whether_it_is_sole() {
        for sole in [true, false] {
            let open = Word::open(sole);
            let claimed = open.claimed(3);
            for word in [open, open.rearmed(), claimed, claimed.done(Outcome::Moved)] {
                assert_eq!(word.is_sole(), sole);
            }
        }
        assert!(Word::listening().is_sole() && !Word::branch(3).is_sole());
    }

    #[test]
    fn one_claim_wins_for_ever() {
        for sole in [true, false] {
            let state = State::new(Word::open(sole));
            assert!(state.claim(3));
            assert!(!state.claim(4));
            assert!(!state.notify());
            assert!(state.cancel().is_err());
            state.complete(Outcome::Moved);
            assert_eq!((state.get().phase(), state.get().index()), (Phase::Done, 3));
        }
    }

    #[test]
    fn a_notice_is_given_once_and_survives_the_claim() {
        let state = State::new(Word::open(false));
        assert!(state.notify());
        assert!(!state.notify());
        assert!(state.claim(0));
        assert!(state.get().is_notified());
    }

    #[test]
    fn who_only_listens_is_told_and_never_claimed() {
        let state = State::new(Word::listening());
        assert!(!state.claim(0));
        assert!(state.notify());
        assert_eq!(state.get().phase(), Phase::Listening);
    }
}
