//! Guards without a channel: skip, and any future.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::guard::{Foreign, Guard, RawGuard};
use super::quick::Quick;
use crate::channel::state::After;
use crate::choice::Outcome;
use crate::pin::project;
use crate::wait_list::Party;

/// A guard that is always ready.
///
/// Last in a choice with priority, it makes the choice a poll.
///
/// *Source*: JCSP, aPyCSP.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, Selected2, alts, block_on, buffer::Fixed, lock::StdLock, skip};
///
/// let channel = Channel::<u32, Fixed<1>, StdLock>::new();
/// let chosen = block_on(alts((channel.take(), skip())).priority());
/// assert!(matches!(chosen, Selected2::Second(())));
/// ```
pub const fn skip() -> Skip {
    Skip(())
}

/// The guard of [`skip`].
#[derive(Debug, Clone, Copy)]
pub struct Skip(());

impl RawGuard for Skip {
    fn is_ready(&self) -> bool {
        true
    }

    fn poll_foreign(self: Pin<&mut Self>, _cx: &mut Context<'_>, _wait: bool) -> Foreign {
        Foreign::Ready
    }
}

impl Guard for Skip {
    type Output = ();

    const LASTS: bool = true;
    const QUICK: Quick = Quick::Foreign;

    fn output(self: Pin<&mut Self>, _outcome: Outcome, _me: Party, _after: &mut After) {}
}

/// A future that keeps its output until a choice wants it.
///
/// Pin it outside of the choice, and lend it to each choice with [`future()`]: if another branch
/// wins, what the future has produced is there for the next choice.
///
/// # Examples
///
/// ```
/// use csp_core::{KeptFuture, Selected2, alts, block_on, future, skip};
/// use std::pin::pin;
///
/// let mut answer = pin!(KeptFuture::new(async { 42 }));
/// block_on(async {
///     // Skip is first, and wins; the answer is kept.
///     let chosen = alts((skip(), future(answer.as_mut()))).priority().await;
///     assert!(matches!(chosen, Selected2::First(())));
///     let chosen = alts((future(answer.as_mut()), skip())).priority().await;
///     assert!(matches!(chosen, Selected2::First(42)));
/// });
/// ```
pub struct KeptFuture<F: Future> {
    future: F,
    output: Kept<F::Output>,
}

enum Kept<O> {
    Running,
    Ready(O),
    Given,
}

impl<F: Future> KeptFuture<F> {
    /// Wraps a future that has not been polled to its end.
    ///
    /// # Examples
    ///
    /// ```
    /// let kept = csp_core::KeptFuture::new(async { 1 });
    /// ```
    pub const fn new(future: F) -> Self {
        Self { future, output: Kept::Running }
    }

    /// Whether its output has been given to a choice: such a guard is switched off.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(!csp_core::KeptFuture::new(async { 1 }).is_spent());
    /// ```
    pub const fn is_spent(&self) -> bool {
        matches!(self.output, Kept::Given)
    }

    project!(fields => pinned future: F, plain output: Kept<F::Output>);

    fn poll_output(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Foreign {
        let (future, output) = self.fields();
        match output {
            Kept::Given => return Foreign::Pending,
            Kept::Ready(_) => return Foreign::Ready,
            Kept::Running => {}
        }
        let Poll::Ready(value) = future.poll(cx) else { return Foreign::Pending };
        *output = Kept::Ready(value);
        Foreign::Ready
    }

    fn give(self: Pin<&mut Self>) -> Option<F::Output> {
        let (_, output) = self.fields();
        match core::mem::replace(output, Kept::Given) {
            Kept::Ready(value) => Some(value),
            _ => None,
        }
    }
}

impl<F: Future> fmt::Debug for KeptFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.output {
            Kept::Running => "KeptFuture(running)",
            Kept::Ready(_) => "KeptFuture(ready)",
            Kept::Given => "KeptFuture(spent)",
        })
    }
}

/// Lends a pinned future to a choice.
///
/// A future by value is refused: if it lost, its output would be lost with it.
///
/// # Cancel safety
///
/// The future goes on in the next choice; an output that it had already produced is kept.
///
/// # Examples
///
/// See [`KeptFuture`].
pub const fn future<F: Future>(kept: Pin<&mut KeptFuture<F>>) -> FutureGuard<'_, F> {
    FutureGuard(kept)
}

/// The guard of [`future()`].
pub struct FutureGuard<'f, F: Future>(Pin<&'f mut KeptFuture<F>>);

impl<F: Future> fmt::Debug for FutureGuard<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<F: Future> RawGuard for FutureGuard<'_, F> {
    fn is_enabled(&self) -> bool {
        !self.0.is_spent()
    }

    fn is_ready(&self) -> bool {
        matches!(self.0.output, Kept::Ready(_))
    }

    fn poll_foreign(self: Pin<&mut Self>, cx: &mut Context<'_>, _wait: bool) -> Foreign {
        self.get_mut().0.as_mut().poll_output(cx)
    }
}

impl<F: Future> Guard for FutureGuard<'_, F> {
    type Output = F::Output;

    const LASTS: bool = true;
    const QUICK: Quick = Quick::Foreign;

    fn output(
        self: Pin<&mut Self>,
        _outcome: Outcome,
        _me: Party,
        _after: &mut After,
    ) -> F::Output {
        self.get_mut().0.as_mut().give().expect("a chosen future has its output")
    }
}
