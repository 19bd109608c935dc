//! What is drawn: how long a party has patience, and what it does next.

use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use shuttle::rand::{Rng, RngCore, thread_rng};

/// One of `0..below`.
pub(super) fn draw(below: u32) -> u32 {
    thread_rng().gen_range(0..below)
}

/// For [`Alts::seed`](crate::Alts::seed).
pub(super) fn seed() -> u32 {
    thread_rng().next_u32()
}

/// Waits for `future` through one to three polls, or one in four times for ever; then `None`, and
/// the future is dropped.
///
/// The last poll is not one of `future`: what it was given meanwhile, it has not seen.
pub(super) async fn with_patience<F: Future>(future: F) -> Option<F::Output> {
    let polls = match draw(4) {
        0 => None,
        polls => Some(polls),
    };
    let mut future = pin!(future);
    let mut patience = Patience { future: future.as_mut(), polls };
    Pin::new(&mut patience).await
}

/// As [`with_patience`], never for ever.
pub(super) async fn briefly<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut patience = Patience { future: future.as_mut(), polls: Some(1 + draw(2)) };
    Pin::new(&mut patience).await
}

/// Polls with a waker of nobody, and at once again with its own: as if it had come from another
/// task.
pub(super) async fn moved<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut is_new = true;
    core::future::poll_fn(|cx| {
        if core::mem::take(&mut is_new)
            && let ready @ Poll::Ready(_) =
                future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            return ready;
        }
        future.as_mut().poll(cx)
    })
    .await
}

struct Patience<'f, F> {
    future: Pin<&'f mut F>,
    polls: Option<u32>,
}

impl<F: Future> Future for Patience<'_, F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == Some(0) {
            return Poll::Ready(None);
        }
        if let Poll::Ready(output) = self.future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if let Some(polls) = &mut self.polls {
            *polls -= 1;
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
