//! Four producers and four consumers at two channels: plain, choosing, dropped, and closed on.

use alloc::sync::Arc;
use core::array;

use shuttle::thread;

use super::ledger::{InOrder, Ledger, Value};
use super::play;
use super::whims::{briefly, draw, moved, seed, with_patience};
use crate::buffer::{Fixed, Rendezvous, StaticBuffer};
use crate::lock::StdLock;
use crate::{Channel, PutError, Selected2, alts, block_on};

const EACH: usize = 3;

/// What may happen to an operation on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fuss {
    /// Nothing, so that values come in order (A11).
    None,
    /// Its future may be dropped.
    Drops,
    /// As `Drops`, and one of the channels is closed at some time.
    DropsAndClose,
}

#[test]
fn rendezvous() {
    play("4 put, 4 take, 2 rendezvous", || crowd::<Rendezvous>(Fuss::None));
}

#[test]
fn rendezvous_with_drops() {
    play("4 put, 4 take, 2 rendezvous, drops", || crowd::<Rendezvous>(Fuss::Drops));
}

#[test]
fn rendezvous_with_drops_and_close() {
    let shape = || crowd::<Rendezvous>(Fuss::DropsAndClose);
    play("4 put, 4 take, rendezvous, drops, close", shape);
}

#[test]
fn buffers() {
    play("4 put, 4 take, 2 buffers", || crowd::<Fixed<2>>(Fuss::None));
}

#[test]
fn buffers_with_drops() {
    play("4 put, 4 take, 2 buffers, drops", || crowd::<Fixed<2>>(Fuss::Drops));
}

#[test]
fn buffers_with_drops_and_close() {
    play("4 put, 4 take, buffers, drops, close", || crowd::<Fixed<2>>(Fuss::DropsAndClose));
}

type Place<B> = Channel<Value, B, StdLock>;

fn crowd<B: StaticBuffer<Value, Lent: Sync> + 'static>(fuss: Fuss) {
    let ledger = Ledger::new();
    let channels: Arc<[Place<B>; 2]> = Arc::new(array::from_fn(|_| Channel::new()));
    let producers: [_; 4] = array::from_fn(|me| {
        let (channels, ledger) = (channels.clone(), ledger.clone());
        thread::spawn(move || block_on(produce(me, &channels, &ledger, fuss)))
    });
    let consumers: [_; 4] = array::from_fn(|me| {
        let channels = channels.clone();
        thread::spawn(move || block_on(consume(me % 2, &channels, fuss)))
    });
    if fuss == Fuss::DropsAndClose {
        channels[draw(2) as usize].close();
    }
    let accepted: usize = producers.map(|producer| producer.join().unwrap()).iter().sum();
    channels.iter().for_each(Channel::close);
    for consumer in consumers {
        consumer.join().unwrap();
    }
    for channel in &*channels {
        assert_eq!((channel.parked_puts(), channel.parked_takes()), (0, 0));
        // The last consumer to leave may have put a value back.
        while let Ok(value) = channel.try_take() {
            assert_ne!(fuss, Fuss::None, "nobody put {value:?} back");
            value.deliver();
        }
    }
    ledger.settle(0);
    if fuss == Fuss::None {
        assert_eq!(ledger.delivered(), accepted);
    }
}

/// Returns how many values were accepted for certain.
async fn produce<B: StaticBuffer<Value, Lent: Sync>>(
    me: usize,
    channels: &[Place<B>; 2],
    ledger: &Arc<Ledger>,
    fuss: Fuss,
) -> usize {
    let [left, right] = channels;
    let mut accepted = 0;
    for number in 0..EACH {
        let value = ledger.value(me, 2 * number);
        let tag = value.tag();
        let channel = &channels[draw(2) as usize];
        match draw(4) {
            0 => {
                let mut offers = [Some(value), Some(ledger.value(me, 2 * number + 1))];
                let [first, second] = &mut offers;
                let choice = alts((left.put_from(first), right.put_from(second))).seed(seed());
                if fuss == Fuss::None {
                    choice.await;
                } else {
                    with_patience(choice).await;
                }
                let kept = offers.into_iter().flatten().map(Value::give_back).count();
                assert!(kept > 0, "both were accepted");
                accepted += 2 - kept;
            }
            1 if fuss != Fuss::None => {
                let put = briefly(channel.put(value)).await;
                ledger.put_is_dropped(tag);
                put.map(given_back);
            }
            2 => accepted += usize::from(given_back(moved(channel.put(value)).await)),
            _ => accepted += usize::from(given_back(channel.put(value).await)),
        }
    }
    accepted
}

fn given_back(put: Result<(), PutError<Value>>) -> bool {
    put.map_err(|error| error.into_inner().give_back()).is_ok()
}

async fn consume<B: StaticBuffer<Value, Lent: Sync>>(
    own: usize,
    channels: &[Place<B>; 2],
    fuss: Fuss,
) {
    let [left, right] = channels;
    let mut taken: [InOrder; 2] = Default::default();
    loop {
        let (from, value) = match draw(5) {
            0 => {
                let choice = alts((left.take(), right.take())).seed(seed());
                let chosen = match fuss {
                    Fuss::None => Some(moved(choice).await),
                    _ => with_patience(choice).await,
                };
                match chosen {
                    Some(Selected2::First(value)) => (0, value.ok()),
                    Some(Selected2::Second(value)) => (1, value.ok()),
                    None => continue,
                }
            }
            1 if fuss != Fuss::None => match briefly(channels[own].take()).await {
                Some(value) => (own, value.ok()),
                None => continue,
            },
            2 => (own, channels[own].try_take().ok()),
            3 => match moved(channels[own].take()).await {
                Ok(value) => (own, Some(value)),
                Err(_) => return,
            },
            _ => match channels[own].take().await {
                Ok(value) => (own, Some(value)),
                Err(_) => return,
            },
        };
        match value {
            None => {}
            Some(value) if fuss == Fuss::None => taken[from].deliver(value),
            Some(value) => drop(value.deliver()),
        }
    }
}
