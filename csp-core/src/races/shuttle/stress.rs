//! Four channels, each with a sender and a receiver of its own; one more of both selects over all.
//!
//! *Source*: the shape is `TestSelectStress` of Go's `runtime/chan_test.go` (SEMANTICS B78).

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::array;

use shuttle::thread;

use super::ledger::{InOrder, Ledger, Value};
use super::play;
use super::whims::seed;
use crate::buffer::{Fixed, Rendezvous};
use crate::lock::StdLock;
use crate::{Branch, BranchOutcome, Channel, alts, block_on};

const EACH: usize = 2;

#[derive(Default)]
struct Four {
    first: Channel<Value, Rendezvous, StdLock>,
    second: Channel<Value, Rendezvous, StdLock>,
    third: Channel<Value, Fixed<2>, StdLock>,
    fourth: Channel<Value, Fixed<3>, StdLock>,
}

#[test]
fn select_stress() {
    play("Go's select stress", || {
        let ledger = Ledger::new();
        let four = Arc::new(Four::default());
        let mut threads = Vec::new();
        macro_rules! own {
            ($($channel:ident $me:literal),*) => {$(
                let (one, values) = (four.clone(), ledger.clone());
                threads.push(thread::spawn(move || {
                    for number in 0..EACH {
                        one.$channel.put_blocking(values.value($me, number)).unwrap();
                    }
                }));
                let other = four.clone();
                threads.push(thread::spawn(move || {
                    let mut taken = InOrder::default();
                    for _ in 0..EACH {
                        taken.deliver(other.$channel.take_blocking().unwrap());
                    }
                }));
            )*};
        }
        own!(first 0, second 1, third 2, fourth 3);
        let (sender, again) = (four.clone(), ledger.clone());
        threads.push(thread::spawn(move || block_on(select_puts(&sender, &again))));
        let receiver = four.clone();
        threads.push(thread::spawn(move || block_on(select_takes(&receiver))));
        for thread in threads {
            thread.join().unwrap();
        }
        ledger.settle(0);
        assert_eq!(ledger.delivered(), 2 * 4 * EACH);
    });
}

async fn select_puts(four: &Four, ledger: &Arc<Ledger>) {
    let mut left = [EACH; 4];
    // In order on each channel, and after the values of its own sender, which is somebody else.
    let next =
        |channel: usize, left: usize| (left > 0).then(|| ledger.value(4 + channel, 9 - left));
    let mut offers: [_; 4] = array::from_fn(|channel| next(channel, EACH));
    while left.iter().any(|&left| left > 0) {
        let [a, b, c, d] = &mut offers;
        let branches = [
            Branch::put_from(&four.first, a),
            Branch::put_from(&four.second, b),
            Branch::put_from(&four.third, c),
            Branch::put_from(&four.fourth, d),
        ];
        let mut branches = Box::pin(branches);
        let (channel, outcome) =
            alts(branches.as_mut() as core::pin::Pin<&mut [_]>).seed(seed()).await;
        assert!(matches!(outcome, BranchOutcome::Put(Ok(()))));
        drop(branches);
        left[channel] -= 1;
        assert!(offers[channel].is_none());
        offers[channel] = next(channel, left[channel]);
    }
}

async fn select_takes(four: &Four) {
    let mut left = [EACH; 4];
    let mut taken: [InOrder; 4] = Default::default();
    while left.iter().any(|&left| left > 0) {
        let all = [
            Branch::take(&four.first),
            Branch::take(&four.second),
            Branch::take(&four.third),
            Branch::take(&four.fourth),
        ];
        let (channels, branches): (Vec<usize>, Vec<_>) =
            all.into_iter().enumerate().filter(|&(channel, _)| left[channel] > 0).unzip();
        let mut branches = Box::into_pin(branches.into_boxed_slice());
        let (index, outcome) = alts(branches.as_mut()).seed(seed()).await;
        let BranchOutcome::Took(Ok(value)) = outcome else { panic!("all branches take") };
        let channel = channels[index];
        left[channel] -= 1;
        taken[channel].deliver(value);
    }
}
