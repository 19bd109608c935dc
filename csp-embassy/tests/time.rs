//! Time, on embassy's mock clock: it moves when a test says so.

extern crate alloc;

use alloc::sync::Arc;
use alloc::task::Wake;
use core::pin::{Pin, pin};
use core::sync::atomic::{AtomicU32, Ordering::SeqCst};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{
    Alternative, Channel, Selected2, Selected3, TakeError, TimedOut, TryPutError, alts,
};
use csp_embassy::{Instant, idle_timeout, limit, timeout, timeout_at, wait, wait_until};
use embassy_time::MockDriver;

type Meeting = Channel<u32, Rendezvous, CriticalSection>;

/// The clock is one for the whole program.
static CLOCK: Mutex<()> = Mutex::new(());

fn from_zero() -> MutexGuard<'static, ()> {
    let clock = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    MockDriver::get().reset();
    clock
}

fn advance(duration: Duration) {
    let micros = u64::try_from(duration.as_micros()).unwrap();
    MockDriver::get().advance(embassy_time::Duration::from_micros(micros));
}

/// A task that counts how often it was woken.
#[derive(Default)]
struct Task(AtomicU32);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Task {
    fn poll<F: Future>(self: &Arc<Self>, future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(&Waker::from(Arc::clone(self))))
    }

    fn wakes(&self) -> u32 {
        self.0.swap(0, SeqCst)
    }
}

const MILLISECOND: Duration = Duration::from_millis(1);
const ALMOST: Duration = Duration::from_micros(999);
const MICROSECOND: Duration = Duration::from_micros(1);

#[test]
fn a_wait_ends_at_its_deadline_and_wakes_its_task() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let mut waits = pin!(wait(MILLISECOND));
    assert!(task.poll(waits.as_mut()).is_pending());
    advance(ALMOST);
    assert_eq!(task.wakes(), 0);
    assert!(task.poll(waits.as_mut()).is_pending());
    advance(MICROSECOND);
    assert_eq!(task.wakes(), 1);
    assert!(task.poll(waits.as_mut()).is_ready());
}

#[test]
fn a_wait_for_less_than_a_tick_takes_a_tick() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let mut waits = pin!(wait(Duration::from_nanos(1)));
    assert!(task.poll(waits.as_mut()).is_pending());
    assert!(task.poll(waits.as_mut()).is_pending());
    advance(MICROSECOND);
    assert!(task.poll(waits.as_mut()).is_ready());
}

#[test]
fn a_wait_for_ever_does_not_overflow() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let mut waits = pin!(wait(Duration::MAX));
    assert!(task.poll(waits.as_mut()).is_pending());
    advance(Duration::from_secs(1_000_000));
    assert!(task.poll(waits.as_mut()).is_pending());
}

#[test]
fn waits_end_in_the_order_of_their_deadlines() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let mut late = pin!(wait_until(Instant::from_ticks(20)));
    let mut early = pin!(wait_until(Instant::from_ticks(10)));
    assert!(task.poll(late.as_mut()).is_pending());
    assert!(task.poll(early.as_mut()).is_pending());
    advance(Duration::from_micros(10));
    assert!(task.poll(late.as_mut()).is_pending());
    assert!(task.poll(early.as_mut()).is_ready());
    advance(Duration::from_micros(10));
    assert!(task.poll(late.as_mut()).is_ready());
}

#[test]
fn a_timeout_wins_a_choice_at_its_deadline_and_the_take_leaves() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Meeting::new();
    let mut choice = pin!(alts((channel.take(), timeout(MILLISECOND))));
    assert!(task.poll(choice.as_mut()).is_pending());
    advance(ALMOST);
    assert!(task.poll(choice.as_mut()).is_pending());
    advance(MICROSECOND);
    assert_eq!(task.wakes(), 1);
    assert_eq!(task.poll(choice.as_mut()), Poll::Ready(Selected2::Second(())));
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
}

#[test]
fn a_put_wins_a_choice_before_the_deadline() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Meeting::new();
    let mut choice = pin!(alts((channel.take(), timeout(MILLISECOND))));
    assert!(task.poll(choice.as_mut()).is_pending());
    assert_eq!(channel.try_put(7), Ok(()));
    assert_eq!(task.wakes(), 1);
    // What was chosen stays chosen, however late its owner comes.
    advance(MILLISECOND);
    assert_eq!(task.poll(choice.as_mut()), Poll::Ready(Selected2::First(Ok(7))));
}

#[test]
fn one_deadline_limits_a_loop_of_choices() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Channel::<u32, Fixed<4>, CriticalSection>::new();
    let end = timeout(MILLISECOND);
    let mut sum = pin!(async {
        let mut sum = 0;
        while let Selected2::First(Ok(number)) = alts((channel.take(), end)).await {
            sum += number;
        }
        sum
    });
    for number in 1..=4 {
        assert!(task.poll(sum.as_mut()).is_pending());
        assert_eq!(channel.try_put(number), Ok(()));
        advance(Duration::from_micros(200));
    }
    assert!(task.poll(sum.as_mut()).is_pending());
    advance(Duration::from_micros(200));
    assert_eq!(task.poll(sum.as_mut()), Poll::Ready(10));
}

#[test]
fn the_later_timeout_loses() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Meeting::new();
    let [late, early] = [20, 10].map(|tick| timeout_at(Instant::from_ticks(tick)));
    let mut choice = pin!(alts((late, channel.take(), early)));
    assert!(task.poll(choice.as_mut()).is_pending());
    advance(Duration::from_micros(10));
    assert_eq!(task.poll(choice.as_mut()), Poll::Ready(Selected3::Third(())));
}

#[test]
fn a_take_from_a_timeout_ends_closed() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let mut take = pin!(timeout(MILLISECOND).take());
    assert!(task.poll(take.as_mut()).is_pending());
    advance(MILLISECOND);
    let ended = task.poll(take.as_mut());
    assert!(matches!(ended, Poll::Ready(Err(TakeError::Closed))));
}

#[test]
fn a_limit_drops_what_takes_too_long_and_lets_the_rest_pass() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Meeting::new();
    let mut late = pin!(limit(MILLISECOND, channel.put(1)));
    assert!(task.poll(late.as_mut()).is_pending());
    advance(MILLISECOND);
    assert!(matches!(task.poll(late.as_mut()), Poll::Ready(Err(TimedOut))));
    assert_eq!((channel.parked_puts(), channel.try_take().is_err()), (0, true));
    let mut timely = pin!(limit(MILLISECOND, channel.take()));
    assert!(task.poll(timely.as_mut()).is_pending());
    assert_eq!(channel.try_put(2), Ok(()));
    assert!(matches!(task.poll(timely.as_mut()), Poll::Ready(Ok(Ok(2)))));
}

#[test]
fn an_idle_timeout_counts_from_each_selection() {
    let _clock = from_zero();
    let task = Arc::new(Task::default());
    let channel = Channel::<u32, Fixed<1>, CriticalSection>::new();
    let mut alternative = pin!(Alternative::new((channel.take(), idle_timeout(MILLISECOND))));
    for number in 0..3 {
        let mut select = pin!(alternative.as_mut().select());
        assert!(task.poll(select.as_mut()).is_pending());
        advance(ALMOST);
        assert!(task.poll(select.as_mut()).is_pending());
        assert_eq!(channel.try_put(number), Ok(()));
        assert_eq!(task.poll(select), Poll::Ready(Selected2::First(Ok(number))));
    }
    let mut select = pin!(alternative.as_mut().select());
    assert!(task.poll(select.as_mut()).is_pending());
    advance(MILLISECOND);
    assert_eq!(task.poll(select), Poll::Ready(Selected2::Second(())));
}
