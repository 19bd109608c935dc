//! Timeouts, by csp-embassy; time is that of the emulated machine.

use core::time::Duration;

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::runtime::Timer;
use csp_core::{Channel, TimedOut, Timeout, alts};
use csp_embassy::{Embassy, idle_timeout, limit};

/// From now on, in milliseconds.
fn timeout(milliseconds: u64) -> Timeout<Embassy> {
    csp_embassy::timeout(Duration::from_millis(milliseconds))
}

async fn wait(milliseconds: u64) {
    timeout(milliseconds).await;
}

pub(crate) mod b72_a_limit_on_each_turn {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        let (mut timeouts, mut values) = (0, 0);
        for _ in 0..10 {
            alts! {
                _ = CHANNEL.take() => values += 1,
                _ = timeout(100) => timeouts += 1,
            }
        }
        assert_eq!((timeouts, values), (9, 1));
    }

    pub(crate) async fn second() {
        wait(550).await;
        CHANNEL.put(1).await.unwrap();
    }
}

pub(crate) mod b74_the_shorter_timeout_wins {
    use super::*;

    pub(crate) async fn first() {
        let (long, short) = (timeout(20), timeout(10));
        for _ in 0..3 {
            alts! {
                _ = long => panic!("it ends later"),
                _ = short => {}
            }
        }
        wait(20).await;
        // Both have ended; the one with the earliest deadline counts.
        alts! {
            _ = long => panic!("it ended later"),
            _ = short => {}
        }
    }

    pub(crate) async fn second() {}
}

pub(crate) mod b102_a_timeout_is_not_early {
    use super::*;

    pub(crate) async fn first() {
        for milliseconds in [0, 1, 7, 50] {
            let start = Embassy.now();
            wait(milliseconds).await;
            let waited = Embassy.between(start, Embassy.now());
            assert!(waited >= Duration::from_millis(milliseconds), "{waited:?}");
        }
    }

    pub(crate) async fn second() {}
}

pub(crate) mod b103_timeouts_end_in_the_order_of_their_deadlines {
    use csp_core::parallel;

    use super::*;

    static ENDED: Channel<u32, Fixed<4>, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        let after = async |number: u32, milliseconds| {
            wait(milliseconds).await;
            ENDED.put(number).await.unwrap();
        };
        parallel((after(4, 40), after(1, 10), after(3, 30), after(2, 20))).await;
    }

    pub(crate) async fn second() {
        for number in 1..=4 {
            assert_eq!(ENDED.take().await, Ok(number));
        }
    }
}

pub(crate) mod a26_one_timeout_limits_a_whole_conversation {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        let enough = timeout(95);
        let mut taken = 0;
        loop {
            alts! {
                number = CHANNEL.take() => {
                    taken += 1;
                    assert_eq!(number, Ok(taken));
                },
                _ = enough => break,
            }
        }
        assert_eq!(taken, 9);
        CHANNEL.close();
    }

    pub(crate) async fn second() {
        let mut number = 0;
        loop {
            wait(10).await;
            number += 1;
            if CHANNEL.put(number).await.is_err() {
                break;
            }
        }
    }
}

/// More timeouts lose than the timer queue has places for.
pub(crate) mod a26_a_lost_timeout_leaves_nothing_behind {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        for number in 0..100 {
            let taken = limit(Duration::from_secs(1000), CHANNEL.take()).await;
            assert_eq!(taken, Ok(Ok(number)));
        }
        let nobody = limit(Duration::from_millis(1), CHANNEL.take()).await;
        assert_eq!(nobody, Err(TimedOut));
        assert_eq!(CHANNEL.parked_takes(), 0);
    }

    pub(crate) async fn second() {
        for number in 0..100 {
            CHANNEL.put(number).await.unwrap();
        }
    }
}

pub(crate) mod a26_an_idle_timeout_counts_from_each_selection {
    use core::pin::pin;

    use csp_core::{Alternative, Selected2};

    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        let quiet = idle_timeout(Duration::from_millis(50));
        let mut alternative = pin!(Alternative::new((CHANNEL.take(), quiet)));
        let mut taken = 0;
        // Five pauses are longer than the timeout, none of them is.
        while let Selected2::First(number) = alternative.as_mut().select().await {
            assert_eq!(number, Ok(taken));
            taken += 1;
        }
        assert_eq!(taken, 5);
    }

    pub(crate) async fn second() {
        for number in 0..5 {
            wait(20).await;
            CHANNEL.put(number).await.unwrap();
        }
    }
}
