//! Two processes, each a task of the executor.

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, alts};

use crate::until;

pub(crate) mod b2_a_put_waits_for_a_take {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        assert_eq!(CHANNEL.put(7).await, Ok(()));
    }

    pub(crate) async fn second() {
        until(|| CHANNEL.parked_puts() == 1).await;
        assert_eq!(CHANNEL.take().await, Ok(7));
    }
}

pub(crate) mod b6_a_take_waits_for_a_put {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        until(|| CHANNEL.parked_takes() == 1).await;
        assert_eq!(CHANNEL.put(7).await, Ok(()));
    }

    pub(crate) async fn second() {
        assert_eq!(CHANNEL.take().await, Ok(7));
    }
}

pub(crate) mod b9_values_arrive_in_order {
    use super::*;

    const COUNT: u32 = 300;
    static RENDEZVOUS: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static ONE: Channel<u32, Fixed<1>, CriticalSection> = Channel::new();
    static SEVEN: Channel<u32, Fixed<7>, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        for number in 0..COUNT {
            RENDEZVOUS.put(number).await.unwrap();
        }
        for number in 0..COUNT {
            ONE.put(number).await.unwrap();
        }
        for number in 0..COUNT {
            SEVEN.put(number).await.unwrap();
        }
    }

    pub(crate) async fn second() {
        for number in 0..COUNT {
            assert_eq!(RENDEZVOUS.take().await, Ok(number));
        }
        for number in 0..COUNT {
            assert_eq!(ONE.take().await, Ok(number));
        }
        for number in 0..COUNT {
            assert_eq!(SEVEN.take().await, Ok(number));
        }
    }
}

/// Two producers in one task, two consumers in the other.
pub(crate) mod b12_nothing_is_lost_between_several {
    use csp_core::parallel;

    use super::*;

    const COUNT: u32 = 100;
    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        let produce = async |from: u32| {
            for number in from..from + COUNT {
                CHANNEL.put(number).await.unwrap();
            }
        };
        parallel((produce(0), produce(COUNT))).await;
        CHANNEL.close();
    }

    pub(crate) async fn second() {
        let consume = async || {
            let (mut count, mut sum) = (0, 0);
            while let Ok(number) = CHANNEL.take().await {
                count += 1;
                sum += number;
            }
            (count, sum)
        };
        let (one, other) = parallel((consume(), consume())).await;
        assert_eq!(one.0 + other.0, 2 * COUNT);
        assert_eq!(one.1 + other.1, (0..2 * COUNT).sum());
    }
}

pub(crate) mod b18_a_rendezvous_is_a_meeting {
    use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use super::*;

    static CHANNEL: Channel<(), Rendezvous, CriticalSection> = Channel::new();
    static HAS_COME: AtomicBool = AtomicBool::new(false);

    pub(crate) async fn first() {
        CHANNEL.put(()).await.unwrap();
        assert!(HAS_COME.load(Relaxed), "accepted before anybody was there");
    }

    pub(crate) async fn second() {
        until(|| CHANNEL.parked_puts() == 1).await;
        HAS_COME.store(true, Relaxed);
        CHANNEL.take().await.unwrap();
    }
}

pub(crate) mod b64_a_choosing_putter_and_a_choosing_taker_meet {
    use super::*;

    static CHANNEL: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static OTHER: Channel<u32, Rendezvous, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        for number in 0..10 {
            let mut value = Some(number);
            alts! {
                sent = CHANNEL.put_from(&mut value) => sent.unwrap(),
                _ = OTHER.take() => panic!("nobody puts there"),
            }
            assert_eq!(value, None);
        }
    }

    pub(crate) async fn second() {
        for number in 0..10 {
            alts! {
                _ = OTHER.take() => panic!("nobody puts there"),
                taken = CHANNEL.take() => assert_eq!(taken, Ok(number)),
            }
        }
    }
}

/// Each chooses between a put to the other and a take from it.
pub(crate) mod b65_two_who_choose_in_a_ring_go_on {
    use super::*;

    const ROUNDS: u32 = 500;
    static THERE: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static BACK: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    type Between = &'static Channel<u32, Rendezvous, CriticalSection>;

    async fn go_round(next: Between, previous: Between) {
        for round in 0..ROUNDS {
            let mut value = Some(round);
            alts! {
                sent = next.put_from(&mut value) => sent.unwrap(),
                taken = previous.take() => assert_eq!(taken, Ok(round)),
            }
        }
    }

    pub(crate) async fn first() {
        go_round(&THERE, &BACK).await;
    }

    pub(crate) async fn second() {
        go_round(&BACK, &THERE).await;
    }
}

/// Four channels, each filled by plain puts and by choices, emptied by choices and plain takes.
pub(crate) mod b78_many_choices_lose_nothing {
    use super::*;

    const COUNT: u32 = 400;
    static MEETING: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static SECOND: Channel<u32, Rendezvous, CriticalSection> = Channel::new();
    static TWO: Channel<u32, Fixed<2>, CriticalSection> = Channel::new();
    static THREE: Channel<u32, Fixed<3>, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        for number in 0..COUNT {
            if number % 5 == 0 {
                TWO.put(number).await.unwrap();
                continue;
            }
            let mut values = [Some(number); 4];
            let [one, two, three, four] = &mut values;
            alts! {
                sent = MEETING.put_from(one) => sent.unwrap(),
                sent = SECOND.put_from(two) => sent.unwrap(),
                sent = TWO.put_from(three) => sent.unwrap(),
                sent = THREE.put_from(four) => sent.unwrap(),
            }
            assert_eq!(values.iter().flatten().count(), 3, "one of them, and one only");
        }
    }

    pub(crate) async fn second() {
        let mut sum = 0;
        for turn in 0..COUNT {
            sum += if turn % 7 == 0 {
                alts! {
                    priority;
                    number = THREE.take() => number.unwrap(),
                    number = SECOND.take() => number.unwrap(),
                    number = TWO.take() => number.unwrap(),
                    number = MEETING.take() => number.unwrap(),
                }
            } else {
                alts! {
                    number = MEETING.take() => number.unwrap(),
                    number = SECOND.take() => number.unwrap(),
                    number = TWO.take() => number.unwrap(),
                    number = THREE.take() => number.unwrap(),
                }
            };
        }
        assert_eq!(sum, (0..COUNT).sum());
    }
}

pub(crate) mod b88_a_buffer_decouples {
    use super::*;

    static CHANNEL: Channel<u32, Fixed<4>, CriticalSection> = Channel::new();

    pub(crate) async fn first() {
        for number in 0..5 {
            CHANNEL.put(number).await.unwrap();
        }
        CHANNEL.close();
    }

    pub(crate) async fn second() {
        until(|| CHANNEL.parked_puts() == 1).await;
        assert_eq!(CHANNEL.len(), 4);
        for number in 0..5 {
            assert_eq!(CHANNEL.take().await, Ok(number));
        }
        assert!(CHANNEL.take().await.is_err());
    }
}
