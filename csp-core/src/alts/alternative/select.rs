//! The futures of a selection.

#![expect(unsafe_code, reason = "polls an alternative that it borrows pinned")]

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use futures_core::FusedFuture;

use super::super::policy::Random;
use super::super::set::Guards;
use super::owner::{Look, Polled, Turn};
use super::{Alternative, Fields};
use crate::channel::state::After;
use crate::wait_list::Party;

/// The precondition of a [`Select`] that switches nothing off.
#[derive(Debug, Clone, Copy)]
pub struct Always(());

/// Which guards of an [`Alternative`] a selection may choose.
pub trait Precondition {
    /// Whether it may say no.
    #[doc(hidden)]
    const SELECTIVE: bool = true;

    /// Whether it says yes to this one.
    #[doc(hidden)]
    fn allows(&self, index: usize) -> bool;
}

impl Precondition for Always {
    const SELECTIVE: bool = false;

    fn allows(&self, _index: usize) -> bool {
        true
    }
}

impl<F: Fn(usize) -> bool> Precondition for F {
    fn allows(&self, index: usize) -> bool {
        self(index)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    /// It has yielded, and will not again.
    Yielded,
    Waiting,
    Finished,
}

/// An alternative while it is selected from; its drop ends the selection.
struct Session<'a, S: Guards> {
    alternative: Pin<&'a mut Alternative<S>>,
    stage: Stage,
}

impl<S: Guards> Drop for Session<'_, S> {
    fn drop(&mut self) {
        if self.stage != Stage::Finished {
            let Fields { mut parts, marks, owner, .. } = self.alternative.as_mut().fields();
            // SAFETY: they lie beside the guards, alive.
            owner.end(&mut parts, unsafe { &*marks });
        }
    }
}

/// One selection of an [`Alternative`]: the future of [`Alternative::select`] and its siblings.
///
/// # Panics
///
/// When awaited: if no guard is switched on, and there is no default; if it is polled after it has
/// completed.
#[must_use = "a selection does nothing unless it is awaited"]
pub struct Select<'a, S: Guards, P: Precondition = Always> {
    session: Session<'a, S>,
    turn: Turn,
    when: P,
    has_default: bool,
}

/// The future of a selection that does not wait: [`Select::or_default`].
#[must_use = "a selection does nothing unless it is awaited"]
pub struct SelectOrDefault<'a, S: Guards, P: Precondition = Always>(Select<'a, S, P>);

impl<'a, S: Guards> Select<'a, S> {
    pub(super) const fn new(alternative: Pin<&'a mut Alternative<S>>, turn: Turn) -> Self {
        let session = Session { alternative, stage: Stage::New };
        Self { session, turn, when: Always(()), has_default: false }
    }

    /// Switches off the guards for whose position `condition` is false.
    ///
    /// It is asked about those that are ready, as often as need be, and has to stay the same while
    /// the selection lasts. A guard that is switched off stays registered.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, Channel, block_on, buffer::Fixed, lock::StdLock};
    /// use std::pin::pin;
    ///
    /// let inputs: [Channel<u32, Fixed<4>, StdLock>; 2] = Default::default();
    /// let mut alternative = pin!(Alternative::new(inputs.each_ref().map(Channel::take)));
    /// inputs[0].try_put(1).unwrap();
    /// inputs[1].try_put(2).unwrap();
    /// let open = [false, true];
    /// let selection = alternative.as_mut().pri_select().when(|index| open[index]);
    /// assert_eq!(block_on(selection), (1, Ok(2)));
    /// ```
    pub fn when<F: Fn(usize) -> bool>(self, condition: F) -> Select<'a, S, F> {
        let Self { session, turn, when: Always(()), has_default } = self;
        Select { session, turn, when: condition, has_default }
    }
}

impl<'a, S: Guards, P: Precondition> Select<'a, S, P> {
    /// Seeds the random choices of this `Alternative` from here on, so that a test can repeat them.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, block_on, skip};
    /// use std::pin::pin;
    ///
    /// let choose = |seed| {
    ///     let alternative = pin!(Alternative::new([skip(), skip(), skip()]));
    ///     block_on(alternative.select().seed(seed)).0
    /// };
    /// assert_eq!(choose(7), choose(7));
    /// ```
    pub fn seed(mut self, seed: u32) -> Self {
        *self.session.alternative.as_mut().fields().random = Some(Random::seeded(seed));
        self
    }

    /// Does not wait: if nothing is ready at this instant, the result is `None`.
    ///
    /// It sees one instant of all its channels: if at every moment one of them is ready, the result
    /// is never `None`. A closed or poisoned channel is ready.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, Channel, block_on, buffer::Fixed, lock::StdLock};
    /// use std::pin::pin;
    ///
    /// let channel = Channel::<u32, Fixed<4>, StdLock>::new();
    /// let mut alternative = pin!(Alternative::new([channel.take()]));
    /// assert_eq!(block_on(alternative.as_mut().fair_select().or_default()), None);
    /// channel.close();
    /// assert!(block_on(alternative.as_mut().fair_select().or_default()).is_some());
    /// ```
    pub fn or_default(mut self) -> SelectOrDefault<'a, S, P> {
        self.has_default = true;
        SelectOrDefault(self)
    }

    /// As [`or_default`](Self::or_default), at once, outside of a process.
    ///
    /// Futures among the guards are polled once, with a waker that does nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use csp_core::{Alternative, Channel, buffer::Fixed, lock::StdLock};
    /// use std::pin::pin;
    ///
    /// let channel = Channel::<u32, Fixed<4>, StdLock>::new();
    /// let mut alternative = pin!(Alternative::new([channel.take()]));
    /// assert_eq!(alternative.as_mut().select().try_now(), None);
    /// channel.try_put(1).unwrap();
    /// assert_eq!(alternative.as_mut().select().try_now(), Some((0, Ok(1))));
    /// ```
    pub fn try_now(self) -> Option<S::Selected> {
        match self.or_default().0.poll_selection(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(selected) => selected,
            Poll::Pending => unreachable!("a selection with a default does not wait"),
        }
    }

    fn poll_selection(&mut self, cx: &mut Context<'_>) -> Poll<Option<S::Selected>> {
        let stage = self.session.stage;
        assert!(stage != Stage::Finished, "a selection was polled after it had completed");
        let mut fields = self.session.alternative.as_mut().fields();
        let mut after = After::default();
        let mut look = Look {
            fields: &mut fields,
            turn: self.turn,
            when: &self.when,
            has_default: self.has_default,
            may_yield: stage == Stage::New && !self.has_default,
            has_waited: stage == Stage::Waiting,
            after: &mut after,
        };
        // SAFETY: the alternative is pinned, and its drop leaves.
        match unsafe { look.poll(cx) } {
            Polled::Waits => {
                self.session.stage = Stage::Waiting;
                Poll::Pending
            }
            Polled::Yields => {
                self.session.stage = Stage::Yielded;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Polled::Default => Poll::Ready(None),
            Polled::Chosen(index, outcome) => {
                let selected = fields.parts.guards.as_mut().selected(
                    index,
                    outcome,
                    Party::STRANGER,
                    &mut after,
                );
                Poll::Ready(Some(selected))
            }
        }
        .map(|selected| {
            fields.owner.rest(&mut fields.parts);
            self.session.stage = Stage::Finished;
            selected
        })
    }
}

impl<S: Guards, P: Precondition> Future for Select<'_, S, P> {
    type Output = S::Selected;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = Pin::into_inner(self);
        this.poll_selection(cx).map(|chosen| chosen.expect("without a default something is chosen"))
    }
}

// The alternative is pinned where it is, and a precondition is never.
impl<S: Guards, P: Precondition> Unpin for Select<'_, S, P> {}

impl<S: Guards, P: Precondition> FusedFuture for Select<'_, S, P> {
    fn is_terminated(&self) -> bool {
        self.session.stage == Stage::Finished
    }
}

impl<S: Guards, P: Precondition> Future for SelectOrDefault<'_, S, P> {
    type Output = Option<S::Selected>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::into_inner(self).0.poll_selection(cx)
    }
}

impl<S: Guards, P: Precondition> FusedFuture for SelectOrDefault<'_, S, P> {
    fn is_terminated(&self) -> bool {
        self.0.is_terminated()
    }
}

impl<S: Guards, P: Precondition> fmt::Debug for Select<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("stage", &self.session.stage).finish_non_exhaustive()
    }
}

impl<S: Guards, P: Precondition> fmt::Debug for SelectOrDefault<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
