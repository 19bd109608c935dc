//! Who is told to look again: claimed elsewhere meanwhile, or gone.

use core::pin::{Pin, pin};
use loom::sync::Arc;
use loom::thread;

use alloc::boxed::Box;

use super::parts::{Bell, Meeting, Pair, Value, number};
use super::play;
use crate::buffer::Rendezvous;
use crate::lock::StdLock;
use crate::{Selected2, Take, alts, block_on};

/// A put that finds no place tells the choice to come, which takes the waker; a second put claims
/// it at its other channel and finds no waker there.
#[test]
fn a_choice_is_told_at_one_channel_and_claimed_at_the_other() {
    play("a choice is told here and claimed there", Some(3), || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let bell = Bell::new();
        // It has been given a value and is not polled: the one place of `a` is taken.
        let mut holder = pin!(Some(pair.a.take()));
        bell.park(holder.as_mut().as_pin_mut().unwrap());
        pair.a.try_put(Value::new(1)).unwrap();
        let putter = thread::spawn(move || {
            let bell = Bell::new();
            let mut put = pin!(Some(other.a.put(Value::new(2))));
            bell.park(put.as_mut().as_pin_mut().unwrap());
            let at_b = other.b.try_put(Value::new(3)).is_ok();
            if at_b {
                put.set(None);
            } else {
                assert!(block_on(put.as_mut().as_pin_mut().unwrap()).is_ok());
                put.set(None);
            }
            assert!(!bell.is_held());
            at_b
        });
        let taken = match block_on(alts((pair.a.take(), pair.b.take()))) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        assert_eq!(taken, Ok(if putter.join().unwrap() { 3 } else { 2 }));
        assert_eq!(number(bell.collect(holder.as_mut().as_pin_mut().unwrap())), Ok(1));
        holder.set(None);
        assert!(!bell.is_held());
    });
}

/// The owner of the told choice polls it while it is being claimed.
#[test]
fn a_told_choice_is_polled_while_it_is_claimed() {
    play("a told choice is polled when claimed", None, || {
        let pair = Arc::new(Pair::default());
        let other = pair.clone();
        let (bell, choosing, putting) = (Bell::new(), Bell::new(), Bell::new());
        let mut holder = pin!(Some(pair.a.take()));
        bell.park(holder.as_mut().as_pin_mut().unwrap());
        pair.a.try_put(Value::new(1)).unwrap();
        let mut choice = pin!(Some(alts((pair.b.take(), pair.a.take()))));
        choosing.park(choice.as_mut().as_pin_mut().unwrap());
        let mut put = pin!(Some(pair.a.put(Value::new(2))));
        putting.park(put.as_mut().as_pin_mut().unwrap());
        assert!(choosing.has_rung());
        let putter = thread::spawn(move || other.b.try_put(Value::new(3)).is_ok());
        // Both a value and the put wait for it, and it was told.
        let taken = match choosing.collect(choice.as_mut().as_pin_mut().unwrap()) {
            Selected2::First(taken) | Selected2::Second(taken) => number(taken),
        };
        choice.set(None);
        let at_b = putter.join().unwrap();
        assert_eq!(taken, Ok(if at_b { 3 } else { 2 }));
        assert_eq!(putting.has_rung(), !at_b);
        put.set(None);
        holder.set(None);
        assert_eq!(number(pair.a.try_take()), Ok(1));
        assert!(!bell.is_held() && !choosing.is_held() && !putting.is_held());
    });
}

/// What waits at a channel whose one place is taken: a take that has a value and is not polled yet,
/// and one that was told.
struct Held {
    holding: alloc::sync::Arc<Bell>,
    holder: Pin<Box<StaticTake>>,
    taking: alloc::sync::Arc<Bell>,
    take: Pin<Box<StaticTake>>,
}

type StaticTake = Take<'static, Value, Rendezvous, StdLock>;

impl Held {
    fn new(channel: &'static Meeting) -> Self {
        let (holding, taking) = (Bell::new(), Bell::new());
        let mut holder = Box::pin(channel.take());
        holding.park(holder.as_mut());
        channel.try_put(Value::new(1)).unwrap();
        let mut take = Box::pin(channel.take());
        taking.park(take.as_mut());
        Self { holding, holder, taking, take }
    }
}

/// Room again is told to the first put; if that leaves, the next one must hear of it.
#[test]
fn a_put_that_leaves_passes_its_notice_on() {
    play("a told put leaves, another waits", None, || {
        loom::lazy_static! { static ref CHANNEL: Meeting = Meeting::new(); }
        let Held { holding, mut holder, taking, mut take } = Held::new(&CHANNEL);
        let (leaving, staying) = (Bell::new(), Bell::new());
        let mut first = pin!(Some(CHANNEL.put(Value::new(2))));
        leaving.park(first.as_mut().as_pin_mut().unwrap());
        let mut second = pin!(Some(CHANNEL.put(Value::new(3))));
        staying.park(second.as_mut().as_pin_mut().unwrap());
        let collector = thread::spawn(move || number(holding.collect(holder.as_mut())));
        first.set(None);
        assert_eq!(collector.join().unwrap(), Ok(1));
        assert!(staying.collect(second.as_mut().as_pin_mut().unwrap()).is_ok());
        assert_eq!(number(taking.collect(take.as_mut())), Ok(3));
        assert!(!leaving.is_held());
    });
}

#[test]
fn a_choice_that_leaves_passes_its_notice_on() {
    play("a told choice leaves, a put waits", Some(4), || {
        loom::lazy_static! { static ref CHANNELS: Pair = Pair::default(); }
        let Held { holding, mut holder, taking, mut take } = Held::new(&CHANNELS.a);
        let (leaving, staying) = (Bell::new(), Bell::new());
        let mut value = Some(Value::new(2));
        {
            let mut choice = pin!(Some(alts((CHANNELS.a.put_from(&mut value), CHANNELS.b.take()))));
            leaving.park(choice.as_mut().as_pin_mut().unwrap());
            let mut put = pin!(Some(CHANNELS.a.put(Value::new(3))));
            staying.park(put.as_mut().as_pin_mut().unwrap());
            let collector = thread::spawn(move || number(holding.collect(holder.as_mut())));
            choice.set(None);
            assert_eq!(collector.join().unwrap(), Ok(1));
            assert!(staying.collect(put.as_mut().as_pin_mut().unwrap()).is_ok());
        }
        assert_eq!(number(taking.collect(take.as_mut())), Ok(3));
        assert!(value.is_some() && !leaving.is_held());
    });
}

/// The put waits behind that of a choice, and may be handed over to the take of the same choice
/// once no other take is before that.
#[test]
fn a_take_that_leaves_lets_puts_go() {
    play("a take leaves before a self pair", None, || {
        loom::lazy_static! { static ref CHANNEL: Meeting = Meeting::new(); }
        let Held { holding, mut holder, taking, take } = Held::new(&CHANNEL);
        let (choosing, staying) = (Bell::new(), Bell::new());
        let mut value = Some(Value::new(2));
        {
            let mut choice = pin!(Some(alts((CHANNEL.put_from(&mut value), CHANNEL.take()))));
            choosing.park(choice.as_mut().as_pin_mut().unwrap());
            let mut put = pin!(Some(CHANNEL.put(Value::new(3))));
            staying.park(put.as_mut().as_pin_mut().unwrap());
            let collector = thread::spawn(move || number(holding.collect(holder.as_mut())));
            drop(take);
            assert_eq!(collector.join().unwrap(), Ok(1));
            assert!(staying.collect(put.as_mut().as_pin_mut().unwrap()).is_ok());
            let chosen = choosing.collect(choice.as_mut().as_pin_mut().unwrap());
            let Selected2::Second(taken) = chosen else { panic!("{chosen:?}") };
            assert_eq!(number(taken), Ok(3));
        }
        assert!(value.is_some() && !taking.is_held());
    });
}

/// The choice is told at `b` first, so that room again at `a` passes it over, and its put is before
/// the one that waits: that hears of the room when the choice has left.
#[test]
fn a_choice_that_chose_lets_puts_go() {
    play("a told choice chooses elsewhere", None, || {
        loom::lazy_static! { static ref CHANNELS: Pair = Pair::default(); }
        let Held { holding, mut holder, taking, mut take } = Held::new(&CHANNELS.a);
        let (far, choosing, staying, offering) =
            (Bell::new(), Bell::new(), Bell::new(), Bell::new());
        let mut far_holder = Box::pin(CHANNELS.b.take());
        far.park(far_holder.as_mut());
        CHANNELS.b.try_put(Value::new(4)).unwrap();
        let mut value = Some(Value::new(2));
        {
            let guards = (CHANNELS.b.take(), CHANNELS.a.put_from(&mut value));
            let mut choice = pin!(Some(alts(guards).priority()));
            choosing.park(choice.as_mut().as_pin_mut().unwrap());
            let mut put = pin!(Some(CHANNELS.a.put(Value::new(3))));
            staying.park(put.as_mut().as_pin_mut().unwrap());
            let mut offer = pin!(Some(CHANNELS.b.put(Value::new(5))));
            offering.park(offer.as_mut().as_pin_mut().unwrap());
            let collector = thread::spawn(move || number(holding.collect(holder.as_mut())));
            let chosen = choosing.collect(choice.as_mut().as_pin_mut().unwrap());
            let Selected2::First(taken) = chosen else { panic!("{chosen:?}") };
            assert_eq!((number(taken), collector.join().unwrap()), (Ok(5), Ok(1)));
            assert!(staying.collect(put.as_mut().as_pin_mut().unwrap()).is_ok());
            assert!(offering.collect(offer.as_mut().as_pin_mut().unwrap()).is_ok());
        }
        assert_eq!(number(taking.collect(take.as_mut())), Ok(3));
        assert_eq!(number(far.collect(far_holder.as_mut())), Ok(4));
        assert!(value.is_some() && !choosing.is_held());
    });
}
