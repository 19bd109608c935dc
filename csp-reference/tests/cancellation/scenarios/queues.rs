//! Who is served, and who is told: dead heads, notices, room again, order.

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::{Lock, SingleThread, StdLock};
use csp_core::{Channel, Selected2, TryPutError, alts};

use super::hand::Hand;

type Meet<L> = Channel<u32, Rendezvous, L>;

/// Three choices wait on `c` before a plain take, and each is decided elsewhere.
fn dead_heads<L: Lock, M: Lock>() {
    let (c, d) = (Meet::<L>::new(), [(); 3].map(|()| Meet::<M>::new()));
    let choices: Vec<_> =
        d.iter().map(|d| Hand::parked(alts((c.take(), d.take())).priority())).collect();
    let mut take = Hand::parked(c.take());
    for (number, d) in (10..).zip(&d) {
        d.try_put(number).unwrap();
    }
    // Nobody has polled the choices: their nodes are still in line.
    assert_eq!(c.parked_takes(), 1);
    c.try_put(1).unwrap();
    assert!(take.is_woken());
    assert_eq!(take.completes(), Ok(1));
    for (number, choice) in (10..).zip(choices) {
        assert_eq!(choice.completes(), Selected2::Second(Ok(number)));
    }
}

#[test]
fn a19_dead_heads_of_a_queue_are_passed_over() {
    dead_heads::<SingleThread, SingleThread>();
    dead_heads::<StdLock, StdLock>();
    dead_heads::<StdLock, SingleThread>();
}

/// The same on the side of the puts, with a taker that comes and one that waits.
fn dead_heads_of_puts<L: Lock>() {
    let (c, d) = (Meet::<L>::new(), Meet::<L>::new());
    let (mut one, mut two) = (Some(1), Some(2));
    let first = Hand::parked(alts((c.put_from(&mut one), d.take())).priority());
    let mut second = Hand::parked(alts((c.put_from(&mut two), d.take())).priority());
    let mut put = Hand::parked(c.put(3));
    d.try_put(10).unwrap();
    // The one place of `d` is taken, so the second choice comes for its value.
    let mut late = Hand::parked(d.put(11));
    assert!(second.is_woken());
    assert_eq!(second.completes(), Selected2::Second(Ok(11)));
    assert!(late.is_woken());
    assert_eq!(c.try_take(), Ok(3));
    assert!(put.is_woken());
    assert_eq!(first.completes(), Selected2::Second(Ok(10)));
    assert_eq!(put.completes(), Ok(()));
    assert_eq!((one, two), (Some(1), Some(2)), "A23");
}

#[test]
fn a19_dead_heads_of_puts_are_passed_over() {
    dead_heads_of_puts::<SingleThread>();
    dead_heads_of_puts::<StdLock>();
}

#[test]
fn a09_one_notice_is_not_enough() {
    let c = Meet::<SingleThread>::new();
    let held = Hand::parked(c.take());
    let (mut told, mut third) = (Hand::parked(c.take()), Hand::parked(c.take()));
    c.try_put(1).unwrap();
    let mut put = Hand::parked(c.put(2));
    // The first take has the only place and is never polled; nor is the second one.
    assert!(told.is_woken() && third.is_woken());
    assert_eq!(third.completes(), Ok(2));
    assert!(put.is_woken());
    assert_eq!(put.completes(), Ok(()));
    told.waits();
    assert_eq!(held.completes(), Ok(1));
}

#[test]
fn a09_room_again_tells_a_put_when_no_take_comes() {
    let c = Meet::<SingleThread>::new();
    let (held, mut told) = (Hand::parked(c.take()), Hand::parked(c.take()));
    c.try_put(1).unwrap();
    let mut put = Hand::parked(c.put(2));
    let mut other = Hand::parked(c.put(3));
    assert!(told.is_woken());
    assert_eq!(held.completes(), Ok(1));
    // The second take is never polled; the first put hands over to it all the same.
    assert!(put.is_woken() && !other.is_woken());
    assert_eq!(put.completes(), Ok(()));
    assert!(!told.is_woken(), "A10: it has been told already");
    assert_eq!(told.completes(), Ok(2));
    assert!(!other.is_woken());
    assert_eq!(c.try_take(), Ok(3));
    assert!(other.is_woken());
}

#[test]
fn a09_what_a_put_was_told_passes_to_the_next_one() {
    // Whichever way the put goes that was told that there is room again.
    for way in 0..3 {
        let c = Meet::<SingleThread>::new();
        let (held, told) = (Hand::parked(c.take()), Hand::parked(c.take()));
        c.try_put(1).unwrap();
        let mut first = Hand::parked(c.put(2));
        let mut second = Hand::parked(c.put(3));
        assert_eq!(held.completes(), Ok(1));
        assert!(first.is_woken() && !second.is_woken());
        match way {
            0 => drop(first),
            1 => assert_eq!(c.try_take(), Ok(2)),
            _ => assert_eq!(Hand::new(c.take()).completes(), Ok(2)),
        }
        assert!(second.is_woken(), "way {way}");
        assert_eq!(second.completes(), Ok(()));
        assert_eq!(told.completes(), Ok(3));
    }
}

#[test]
fn a09_what_a_choice_was_told_passes_on_when_it_chooses_something_else() {
    let (c, d) = (Meet::<SingleThread>::new(), Meet::<SingleThread>::new());
    let elsewhere = Hand::parked(d.take());
    let (held, told) = (Hand::parked(c.take()), Hand::parked(c.take()));
    d.try_put(0).unwrap();
    c.try_put(1).unwrap();
    let mut value = Some(2);
    let mut choice = Hand::parked(alts((d.take(), c.put_from(&mut value))).priority());
    let mut put = Hand::parked(c.put(3));
    assert_eq!(held.completes(), Ok(1));
    assert!(choice.is_woken() && !put.is_woken());
    // It comes, and finds something better at the other channel, where there was no place.
    let better = Hand::parked(d.put(4));
    assert_eq!(choice.completes(), Selected2::First(Ok(4)));
    assert_eq!(value, Some(2));
    assert!(put.is_woken());
    assert_eq!(put.completes(), Ok(()));
    assert_eq!(told.completes(), Ok(3));
    assert_eq!((better.completes(), elsewhere.completes()), (Ok(()), Ok(0)));
}

/// What is left of A9 where two locks are: who decides a choice at one channel cannot look after
/// those who stand behind it at the other one; its owner does so when it comes.
#[test]
fn a09_a_choice_that_was_decided_elsewhere_passes_on_when_it_comes() {
    let (c, d) = (Meet::<StdLock>::new(), Meet::<StdLock>::new());
    let (held, told) = (Hand::parked(c.take()), Hand::parked(c.take()));
    c.try_put(1).unwrap();
    let mut value = Some(2);
    let mut choice = Hand::parked(alts((c.put_from(&mut value), d.take())).priority());
    let mut put = Hand::parked(c.put(3));
    assert_eq!(held.completes(), Ok(1));
    assert!(choice.is_woken());
    d.try_put(4).unwrap();
    // The put is not told, but nothing is in its way: a take that comes has its value.
    assert!(!put.is_woken());
    assert_eq!(choice.completes(), Selected2::Second(Ok(4)));
    assert!(put.is_woken());
    assert_eq!(put.completes(), Ok(()));
    assert_eq!((told.completes(), value), (Ok(3), Some(2)));
}

#[test]
fn b85_a_try_put_says_full_while_the_place_is_taken() {
    let c = Meet::<SingleThread>::new();
    let (held, mut waits) = (Hand::parked(c.take()), Hand::parked(c.take()));
    assert_eq!(c.try_put(1), Ok(()));
    assert_eq!(c.try_put(2), Err(TryPutError::Full(2)), "a take waits, but no place is free");
    assert!(!waits.is_woken());
    assert_eq!(held.completes(), Ok(1));
    assert_eq!(c.try_put(3), Ok(()));
    assert!(waits.is_woken());
    assert_eq!(waits.completes(), Ok(3));
}

#[test]
fn a09_a_value_in_the_buffer_is_told_to_all_takes() {
    let c = Channel::<u32, Fixed<1>, SingleThread>::new();
    let _held = Hand::parked(c.take());
    let (mut never, mut other) = (Hand::parked(c.take()), Hand::parked(c.take()));
    assert_eq!((c.try_put(1), c.try_put(2)), (Ok(()), Ok(())));
    assert_eq!(c.len(), 1);
    assert!(never.is_woken() && other.is_woken());
    assert_eq!(other.completes(), Ok(2));
    never.waits();
}

#[test]
fn a11_parked_puts_keep_their_order_when_the_place_comes_free() {
    let c = Meet::<SingleThread>::new();
    let (held, told) = (Hand::parked(c.take()), Hand::parked(c.take()));
    c.try_put(1).unwrap();
    let mut first = Hand::parked(c.put(2));
    assert_eq!(held.completes(), Ok(1));
    assert!(first.is_woken());
    // There is a place, and a take; but an older put waits for both.
    let mut second = Hand::parked(c.put(3));
    assert_eq!(c.try_put(4), Err(TryPutError::Full(4)));
    assert!(!second.is_woken());
    // A take that arrives may overtake the one that was told; the values keep their order.
    assert_eq!(c.try_take(), Ok(2));
    assert_eq!(first.completes(), Ok(()));
    assert!(second.is_woken());
    assert_eq!(second.completes(), Ok(()));
    assert_eq!(told.completes(), Ok(3));
}

/// A choice is told at one channel, and before it comes it is committed at the other one.
fn told_and_committed<L: Lock, M: Lock>() {
    let (c, d) = (Meet::<L>::new(), Meet::<M>::new());
    let held = Hand::parked(c.take());
    let mut choice = Hand::parked(alts((c.take(), d.take())).priority());
    c.try_put(1).unwrap();
    let mut put = Hand::parked(c.put(2));
    assert!(choice.is_woken());
    d.try_put(3).unwrap();
    assert!(!choice.is_woken(), "A10: it has been told already");
    assert_eq!((c.parked_takes(), d.parked_takes()), (0, 0));
    assert_eq!(choice.completes(), Selected2::Second(Ok(3)), "A19: once, and there");
    assert_eq!(c.parked_puts(), 1);
    assert_eq!(held.completes(), Ok(1));
    assert!(!put.is_woken());
    assert_eq!(c.try_take(), Ok(2));
    assert_eq!(put.completes(), Ok(()));
}

#[test]
fn a19_a_choice_is_told_at_one_channel_and_committed_at_the_other() {
    told_and_committed::<SingleThread, SingleThread>();
    told_and_committed::<StdLock, StdLock>();
    told_and_committed::<SingleThread, StdLock>();
}

/// Two choices in opposing order, two more that cross them, and a plain party that is left over.
fn opposing<L: Lock>() {
    let (c, d) = (Meet::<L>::new(), Meet::<L>::new());
    let (mut one, mut two, mut three) = (Some(1), Some(2), Some(3));
    let first = Hand::parked(alts((c.put_from(&mut one), d.take())).priority());
    let second = Hand::parked(alts((d.take(), c.put_from(&mut two))).priority());
    let mut left = Hand::parked(d.take());
    assert_eq!((c.parked_puts(), d.parked_takes()), (2, 3));
    let third = Hand::new(alts((d.put_from(&mut three), c.take())).priority());
    assert_eq!(third.completes(), Selected2::First(Ok(())), "it meets the first one at `d`");
    let fourth = Hand::new(alts((c.take(), d.take())).priority());
    assert_eq!(fourth.completes(), Selected2::First(Ok(2)), "which is not at `c` any more");
    assert_eq!(first.completes(), Selected2::Second(Ok(3)));
    assert_eq!(second.completes(), Selected2::Second(Ok(())));
    assert_eq!((one, two, three), (Some(1), None, None));
    assert!(!left.is_woken());
    assert_eq!((c.parked_puts(), d.parked_takes()), (0, 1));
}

#[test]
fn a19_opposing_choices_meet_once_each() {
    opposing::<SingleThread>();
    opposing::<StdLock>();
}

/// At random, and whatever locks the choice takes before.
#[test]
fn a21_a_partner_meets_any_of_the_guards_at_one_channel() {
    let rounds = if cfg!(miri) { 9 } else { 900 };
    let [c, d] = [(); 2].map(|()| Channel::<u32, Rendezvous, StdLock>::new());
    for (one, three) in [(&c, &d), (&d, &c)] {
        let mut met = [0; 4];
        for _ in 0..rounds {
            let takes = [one.take(), three.take(), three.take(), three.take()];
            let choice = Hand::parked(alts(takes));
            three.try_put(0).unwrap();
            met[choice.completes().0] += 1;
        }
        let even = met[1..].iter().all(|times| (200..=400).contains(times));
        assert!(met[0] == 0 && (even || cfg!(miri)), "{met:?}");
    }
}
