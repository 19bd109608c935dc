//! Interrupt handlers work on channels on which tasks wait.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use board::Line;
use csp_core::buffer::{Fixed, Rendezvous, Sliding};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, TryPutError, alts};

use crate::until;

pub(crate) mod a_put_from_an_interrupt_ends_a_choice {
    use super::*;

    static SIGNAL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static OTHER: Channel<u32, Fixed<1>, CriticalSection> = Channel::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);

    fn interrupted(_: usize) {
        let number = NEXT.load(Relaxed);
        assert_eq!(SIGNAL.try_put(number), Ok(()), "a choice waits for it");
        NEXT.store(number + 1, Relaxed);
        // It is decided: this one is not for it.
        assert_eq!(SIGNAL.try_put(99), Err(TryPutError::Full(99)));
    }

    pub(crate) async fn first() {
        for number in 0..20 {
            let chosen = alts! {
                taken = OTHER.take() => (false, taken),
                taken = SIGNAL.take() => (true, taken),
            };
            assert_eq!(chosen, (true, Ok(number)));
        }
        assert_eq!((SIGNAL.parked_takes(), OTHER.parked_takes()), (0, 0));
    }

    pub(crate) async fn second() {
        board::on_interrupt(Line::First, interrupted);
        for _ in 0..20 {
            until(|| SIGNAL.parked_takes() == 1).await;
            board::pend(Line::First);
            until(|| SIGNAL.parked_takes() == 0).await;
        }
    }
}

pub(crate) mod a_put_from_an_interrupt_meets_a_take_that_waits {
    use super::*;

    static SIGNAL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static REFUSED: AtomicBool = AtomicBool::new(false);

    fn interrupted(_: usize) {
        match SIGNAL.try_put(7) {
            Ok(()) => {}
            Err(refused) => {
                assert_eq!(refused, TryPutError::Full(7));
                REFUSED.store(true, Relaxed);
            }
        }
    }

    pub(crate) async fn first() {
        board::on_interrupt(Line::Second, interrupted);
        // Nobody waits: it gets its value back.
        board::pend(Line::Second);
        until(|| REFUSED.load(Relaxed)).await;
        assert_eq!(SIGNAL.take().await, Ok(7));
    }

    pub(crate) async fn second() {
        until(|| SIGNAL.parked_takes() == 1).await;
        board::pend(Line::Second);
    }
}

/// Both tasks wait, so the executor sleeps; the interrupt is what wakes the processor.
pub(crate) mod an_interrupt_ends_a_sleep {
    use super::*;

    static TICKS: Channel<bool, Sliding<1>, CriticalSection> = Channel::new();
    static LEFT: AtomicU32 = AtomicU32::new(10);
    static WERE_ASLEEP: AtomicU32 = AtomicU32::new(0);

    /// The clock's own interrupt pends this line, so it comes out of the same sleep.
    fn interrupted(_: usize) {
        let left = LEFT.load(Relaxed);
        if board::is_asleep() {
            WERE_ASLEEP.store(WERE_ASLEEP.load(Relaxed) + 1, Relaxed);
        }
        LEFT.store(left - 1, Relaxed);
        TICKS.try_put(left == 1).unwrap();
    }

    pub(crate) async fn first() {
        board::on_interrupt(Line::First, interrupted);
        board::pend_each_millisecond(Some(Line::First));
        let mut ticks = 0;
        loop {
            ticks += 1;
            if TICKS.take().await == Ok(true) {
                break;
            }
        }
        board::pend_each_millisecond(None);
        assert_eq!(ticks, 10, "each tick woke the task");
        if board::executor::is_running() {
            assert!(WERE_ASLEEP.load(Relaxed) >= 9, "the processor was asleep between the ticks");
        }
    }

    pub(crate) async fn second() {}
}

pub(crate) mod a_sliding_buffer_keeps_the_newest_samples {
    use super::*;

    static SAMPLES: Channel<u32, Sliding<4>, CriticalSection> = Channel::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);

    fn interrupted(_: usize) {
        let sample = NEXT.load(Relaxed);
        NEXT.store(sample + 1, Relaxed);
        SAMPLES.try_put(sample).unwrap();
    }

    pub(crate) async fn first() {
        board::on_interrupt(Line::First, interrupted);
        for pended in 1..=10 {
            board::pend(Line::First);
            until(|| NEXT.load(Relaxed) == pended).await;
        }
        for sample in 6..10 {
            assert_eq!(SAMPLES.take().await, Ok(sample));
        }
        assert_eq!(SAMPLES.discarded(), 6);
    }

    pub(crate) async fn second() {}
}

pub(crate) mod a_take_in_an_interrupt_lets_a_put_go_on {
    use super::*;

    static OUTPUT: Channel<u32, Fixed<1>, CriticalSection> = Channel::new();
    static SUM: AtomicU32 = AtomicU32::new(0);

    fn interrupted(_: usize) {
        while let Ok(number) = OUTPUT.try_take() {
            SUM.store(SUM.load(Relaxed) + number, Relaxed);
        }
    }

    pub(crate) async fn first() {
        board::on_interrupt(Line::Second, interrupted);
        for number in 1..=50 {
            OUTPUT.put(number).await.unwrap();
        }
        OUTPUT.close();
    }

    pub(crate) async fn second() {
        while !OUTPUT.is_closed() {
            until(|| OUTPUT.parked_puts() == 1 || OUTPUT.is_closed()).await;
            board::pend(Line::Second);
        }
        until(|| SUM.load(Relaxed) == (1..=50).sum()).await;
    }
}

pub(crate) mod a_close_in_an_interrupt_ends_a_choice {
    use super::*;

    static WORK: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static STOP: Channel<(), Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        board::on_interrupt(Line::First, |_| STOP.close());
        let was_stopped = alts! {
            _ = WORK.take() => false,
            stopped = STOP.take() => stopped.is_err(),
        };
        assert!(was_stopped);
        assert_eq!(WORK.parked_takes(), 0);
    }

    pub(crate) async fn second() {
        until(|| STOP.parked_takes() == 1).await;
        board::pend(Line::First);
    }
}

pub(crate) mod two_interrupts_feed_one_alternative {
    use core::pin::pin;

    use csp_core::Alternative;

    use super::*;

    static EVENTS: [Channel<u32, Fixed<2>, CriticalSection>; 2] = [Channel::new(), Channel::new()];
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    const COUNT: u32 = 20;

    pub(crate) async fn first() {
        let mut events = pin!(Alternative::new(EVENTS.each_ref().map(Channel::take)));
        let mut sum = 0;
        for _ in 0..2 * COUNT {
            let (index, number) = events.as_mut().fair_select().await;
            assert_eq!(number, Ok([1, 100][index]));
            sum += number.unwrap_or(0);
            TAKEN.store(TAKEN.load(Relaxed) + 1, Relaxed);
        }
        assert_eq!(sum, 101 * COUNT);
    }

    pub(crate) async fn second() {
        board::on_interrupt(Line::First, |_| EVENTS[0].try_put(1).unwrap());
        board::on_interrupt(Line::Second, |_| EVENTS[1].try_put(100).unwrap());
        for round in 1..=COUNT {
            // A line that is pended twice before it is served comes once.
            board::pend(Line::First);
            board::pend(Line::Second);
            until(|| TAKEN.load(Relaxed) == 2 * round).await;
        }
    }
}
