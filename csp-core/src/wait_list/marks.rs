//! The marks of an `Alternative`: which of its branches have been told, and its owner's waker.
//!
//! *Model.* Each branch of an `Alternative` is a member: a node in the list of its channel that is
//! told and never claimed. Who tells it holds the lock of that channel, and pushes it onto the
//! marks: a stack whose links lie in the nodes, and whose top is here. The owner drains the stack
//! as a whole, at its leisure. If it has nothing to do, it arms the marks with its waker; whoever
//! finds them armed claims the waker, once.
//!
//! ```text
//!  bits  0..15        15..30            30       31
//!        top + 1,     claimer + 1,      sole     armed
//!        0 is empty   0 is nobody
//! ```
//!
//! *Invariants.*
//! 1. One word says all of it: that it is armed is found and taken away, and that nothing is marked
//!    is found and armed, in one step.
//! 2. The place of the waker is the owner's while the marks are not armed, but that a claimer may
//!    still be reading. The word names it; it reads under the lock of the channel of that member,
//!    so the owner takes that lock before it uses the place again.
//! 3. With the bit `SOLE` the word is written only under one lock, or on one thread, by the owner
//!    too: a plain load and store are enough.
//!
//! The safety contract is that of the [wait list](super).

#![expect(unsafe_code, reason = "a waker with two owners; the contract of the wait list")]

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::task::Waker;

use super::node::{Header, WakerPlace, plain_state};
use crate::sync::{Access, AtomicU32, Ordering, compare_and_swap};

const INDEX: u32 = (1 << 15) - 1;
const TOP: u32 = INDEX;
const CLAIMER_SHIFT: u32 = 15;
const CLAIMER: u32 = INDEX << CLAIMER_SHIFT;
const SOLE: u32 = 1 << 30;
const ARMED: u32 = 1 << 31;

/// The largest number of members that the marks can tell apart.
pub(crate) const MAX_MEMBERS: usize = INDEX as usize;

/// What members and their owner share.
#[derive(Debug)]
pub(crate) struct Marks {
    word: AtomicU32,
    waker: UnsafeCell<MaybeUninit<Waker>>,
    /// To `waker`.
    access: Access,
    #[cfg(target_os = "none")]
    telling: &'static Telling,
}

/// What a wait list does with a member. On bare metal the marks bring it along, so that a firmware
/// without an `Alternative` has none of it.
#[derive(Debug)]
pub(super) struct Telling {
    /// [`Marks::mark`].
    pub(super) mark: unsafe fn(&Marks, *mut Header, Option<&mut Option<Waker>>) -> bool,
    /// [`Marks::claim`].
    pub(super) claim: unsafe fn(&Marks, u16) -> Option<Waker>,
}

static TELLING: Telling = Telling { mark: Marks::mark, claim: Marks::claim };

/// What became of the waker that the marks were armed with.
#[derive(Debug)]
pub(crate) enum Armed {
    /// They were not armed.
    Not,
    /// It is here.
    Unclaimed(Waker),
    /// Who was told of this member has it, and may be reading it still, under its lock.
    By(usize),
}

impl Marks {
    pub(crate) const fn new() -> Self {
        let waker = UnsafeCell::new(MaybeUninit::uninit());
        Self {
            word: AtomicU32::new(0),
            waker,
            access: Access::new(),
            #[cfg(target_os = "none")]
            telling: &TELLING,
        }
    }

    #[cfg(target_os = "none")]
    pub(super) const fn telling(&self) -> &'static Telling {
        self.telling
    }

    #[cfg(not(target_os = "none"))]
    #[inline]
    #[expect(clippy::unused_self, reason = "on bare metal it is a field")]
    pub(super) const fn telling(&self) -> &'static Telling {
        &TELLING
    }

    /// Says how the word is changed, while nobody else can reach it.
    pub(crate) fn set_sole(&self, sole: bool) {
        self.word.store(if sole { SOLE } else { 0 }, Ordering::Relaxed);
    }

    fn waker(&self) -> WakerPlace<'_> {
        WakerPlace::new(&self.waker, &self.access)
    }

    fn exchange(&self, was: u32, now: u32) -> Result<(), u32> {
        if was & SOLE != 0 {
            // Invariant 3.
            self.word.store(now, Ordering::Release);
            return Ok(());
        }
        compare_and_swap(&self.word, was, now)
    }

    fn change(&self, to: impl Fn(u32) -> Option<u32>) -> Option<u32> {
        let mut was = self.word.load(Ordering::Acquire);
        while let Some(now) = to(was) {
            match self.exchange(was, now) {
                Ok(()) => return Some(was),
                Err(found) => was = found,
            }
        }
        None
    }

    /// Gives a member its notice, and marks it; the waker that is due then comes into the vacant
    /// `wake`. Whether somebody is left to be told.
    ///
    /// # Safety
    ///
    /// The lock of the member `node`, which is linked, is held.
    unsafe fn mark(&self, node: *mut Header, wake: Option<&mut Option<Waker>>) -> bool {
        // SAFETY: passed on to the caller.
        let state = unsafe { plain_state(node) };
        let word = state.get();
        if !word.is_notified() {
            state.set(word.notified());
            // SAFETY: contract 8, the notice is ours.
            let waker = unsafe { self.push(node, word.index(), wake.is_some()) };
            if let Some(wake) = wake {
                *wake = waker;
            }
        }
        self.is_due()
    }

    /// Marks a member. With `claim`, the waker, if it is armed.
    ///
    /// # Safety
    ///
    /// Contract 8: the lock is held, and the caller has set the notice of the node, number `index`.
    unsafe fn push(&self, node: *mut Header, index: u16, claim: bool) -> Option<Waker> {
        let index = u32::from(index) + 1;
        let mut was = self.word.load(Ordering::Acquire);
        loop {
            let mut now = was & !TOP | index;
            let claims = claim && was & ARMED != 0;
            if claims {
                now = now & !ARMED | index << CLAIMER_SHIFT;
            }
            // SAFETY: contract 8, passed on to the caller.
            unsafe { Header::marked_before(node).write(was & TOP) };
            match self.exchange(was, now) {
                // SAFETY: invariant 2, under the lock of the member that the word names.
                Ok(()) => return claims.then(|| unsafe { self.waker().read() }),
                Err(found) => was = found,
            }
        }
    }

    const fn is_due_in(word: u32) -> bool {
        word & ARMED != 0 && word & TOP != 0
    }

    /// Whether something is marked, and the owner has not been woken for it.
    fn is_due(&self) -> bool {
        Self::is_due_in(self.word.load(Ordering::Acquire))
    }

    /// The waker, if it is due.
    ///
    /// # Safety
    ///
    /// The lock of member `index` is held.
    unsafe fn claim(&self, index: u16) -> Option<Waker> {
        let claimer = (u32::from(index) + 1) << CLAIMER_SHIFT;
        self.change(|word| Self::is_due_in(word).then_some(word & !ARMED | claimer))?;
        // SAFETY: invariant 2, under the lock of the member that the word names.
        Some(unsafe { self.waker().read() })
    }

    /// Whether something is marked.
    #[inline]
    pub(crate) fn has_some(&self) -> bool {
        self.word.load(Ordering::Acquire) & TOP != 0
    }

    /// Whether there is nothing to drain.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.word.load(Ordering::Acquire) & !SOLE == 0
    }

    /// Whether the owner waits, and nothing has happened.
    pub(crate) fn is_quiet(&self) -> bool {
        self.word.load(Ordering::Acquire) & !SOLE == ARMED
    }

    /// Empties the stack and disarms: its top + 1, or 0, and the waker.
    ///
    /// # Safety
    ///
    /// The caller is the owner; with `SOLE`, it holds the lock or is on the one thread.
    pub(crate) unsafe fn drain(&self) -> (u32, Armed) {
        let was = self.change(|word| (word & !SOLE != 0).then_some(word & SOLE));
        let Some(was) = was else { return (0, Armed::Not) };
        (was & TOP, self.disarmed(was))
    }

    /// Disarms; what is marked stays.
    ///
    /// # Safety
    ///
    /// As [`drain`](Self::drain).
    pub(crate) unsafe fn disarm(&self) -> Armed {
        let was = self
            .change(|word| (word & (ARMED | CLAIMER) != 0).then_some(word & !(ARMED | CLAIMER)));
        was.map_or(Armed::Not, |was| self.disarmed(was))
    }

    /// What became of the waker, when the word was `was` until now.
    fn disarmed(&self, was: u32) -> Armed {
        if was & ARMED != 0 {
            // SAFETY: invariant 2: armed until now, and we have taken that away.
            return Armed::Unclaimed(unsafe { self.waker().read() });
        }
        match (was & CLAIMER) >> CLAIMER_SHIFT {
            0 => Armed::Not,
            claimer => Armed::By(claimer as usize - 1),
        }
    }

    /// Arms the marks with `waker`, unless something is marked.
    ///
    /// # Safety
    ///
    /// As [`drain`](Self::drain); they are not armed, and nobody reads the waker's place any more.
    pub(crate) unsafe fn arm(&self, waker: Waker) -> Result<(), Waker> {
        // SAFETY: invariant 2, the place is the owner's.
        unsafe { self.waker().write(waker) };
        match self.change(|word| (word & TOP == 0).then_some(word & SOLE | ARMED)) {
            Some(_) => Ok(()),
            // SAFETY: as above.
            None => Err(unsafe { self.waker().read() }),
        }
    }
}
