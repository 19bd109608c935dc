//! Puts and takes without a process: a callback hears what came of them.

use csp_core::{CancelledPut, Chan};

use super::*;
use crate::panics::caught;
use crate::tally::Tally;

checks! {
    elsewhere "callbacks register with an allocated channel";
    a1_callbacks_hear_what_a_process_would (A33);
    a33_callbacks_do_not_nest_however_long_the_chain (B16);
    a33_callbacks_that_register_each_other_do_not_nest (B16);
    a33_a_cancelled_callback_never_runs (A7);
    a33_a_callback_is_cancelled_until_it_begins (A6 A7);
    a33_a_callback_that_panics_stops_no_other (A12);
    b7_the_callback_of_a_parked_put_runs_when_there_is_room (A33);
    b17_a_callback_of_a_put_does_not_run_before_a_take (A33);
}

/// What callbacks have heard, in order.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn say(&self, what: impl std::fmt::Debug) {
        self.0.lock().unwrap().push(format!("{what:?}"));
    }

    fn said(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

async fn a1_callbacks_hear_what_a_process_would(_: Cx) {
    let heard = Heard::default();
    let ear = || {
        let heard = heard.clone();
        move |what: &dyn std::fmt::Debug| heard.say(what)
    };
    let chan = Chan::<u32, L>::new();
    let (put, take) = (ear(), ear());
    drop(Cx::take_then(&chan, move |taken| take(&taken)));
    drop(Cx::put_then(&chan, 1, move |result| put(&result)));
    let mut said = heard.said();
    said.sort();
    assert_eq!(said, ["Ok(())", "Ok(1)"]);

    let take = ear();
    drop(Cx::take_then(&chan, move |taken| take(&taken)));
    chan.close();
    assert_eq!(heard.said(), ["Err(Closed)"]);
    let put = ear();
    drop(Cx::put_then(&chan, 2, move |result| put(&result.map_err(|error| error.into_inner()))));
    assert_eq!(heard.said(), ["Err(2)"]);
}

async fn a33_callbacks_do_not_nest_however_long_the_chain(cx: Cx) {
    fn echo(chan: Chan<usize, L>, left: usize, ended: Arc<AtomicUsize>) {
        let next = chan.clone();
        drop(Cx::take_then(&chan, move |taken| {
            assert_eq!(taken, Ok(left));
            if left == 0 {
                ended.fetch_add(1, Ordering::Relaxed);
                return;
            }
            echo(next.clone(), left - 1, ended);
            drop(Cx::put_then(&next, left - 1, |result| result.unwrap()));
        }));
    }
    let rounds = cx.rounds(if cx.is_virtual() { 1_000_000 } else { 10_000 }, 1_000);
    let (chan, ended) = (Chan::<usize, L>::new(), Arc::new(AtomicUsize::new(0)));
    echo(chan.clone(), rounds, ended.clone());
    chan.try_put(rounds).unwrap();
    assert_eq!(ended.load(Ordering::Relaxed), 1);
}

async fn a33_a_cancelled_callback_never_runs(_: Cx) {
    let chan = Chan::<u32, L>::new();
    let take = Cx::take_then(&chan, |_| unreachable!("cancelled"));
    assert_eq!(chan.parked_takes(), 1);
    assert!(take.cancel());
    assert_eq!((chan.parked_takes(), chan.try_put(1)), (0, Err(TryPutError::Full(1))));
    let put = Cx::put_then(&chan, 2, |_| unreachable!("cancelled"));
    assert_eq!(put.cancel(), Some(CancelledPut::Returned(2)));
    assert_eq!((chan.parked_puts(), chan.try_take()), (0, Err(TryTakeError::Empty)));

    let put = Cx::put_then(&chan, 3, |result| result.unwrap());
    assert_eq!(chan.try_take(), Ok(3));
    assert_eq!(put.cancel(), None, "its callback has run");
}

async fn b17_a_callback_of_a_put_does_not_run_before_a_take(_: Cx) {
    let (chan, heard) = (Chan::<u32, L>::new(), Heard::default());
    let ear = heard.clone();
    drop(Cx::put_then(&chan, 1, move |result| ear.say(result)));
    assert!(heard.said().is_empty());
    assert_eq!(chan.parked_puts(), 1);
    assert_eq!(chan.try_take(), Ok(1));
    assert_eq!(heard.said(), ["Ok(())"]);
}

async fn a33_callbacks_that_register_each_other_do_not_nest(cx: Cx) {
    /// Takes; the callback takes again, and so on as often as is left.
    fn take_again(chan: Chan<u32, L>, depth: Arc<AtomicUsize>, left: Arc<AtomicUsize>) {
        let again = chan.clone();
        drop(Cx::take_then(&chan, move |_closed| {
            assert_eq!(depth.fetch_add(1, Ordering::Relaxed), 0, "one inside of another");
            if left.fetch_sub(1, Ordering::Relaxed) > 1 {
                take_again(again, depth.clone(), left);
            }
            depth.fetch_sub(1, Ordering::Relaxed);
        }));
    }
    let chan = Chan::<u32, L>::new();
    chan.close();
    let left = Arc::new(AtomicUsize::new(cx.rounds(100_000, 1_000)));
    take_again(chan, Arc::default(), left.clone());
    assert_eq!(left.load(Ordering::Relaxed), 0);
}

async fn a33_a_callback_is_cancelled_until_it_begins(_: Cx) {
    let (chan, trigger) = (Chan::<u32, L>::new(), Chan::<(), L>::new());
    let tally = Tally::new();
    let held = tally.value(1);
    let take = Cx::take_then(&chan, move |_taken| drop(held));
    assert!(take.cancel());
    assert_eq!(tally.live(), 0, "the callback goes with it");

    // What has been given its value waits here for another callback to end.
    let take = Cx::take_then(&chan, |_taken| unreachable!("it is cancelled"));
    let same = chan.clone();
    drop(Cx::take_then(&trigger, move |_| {
        same.try_put(1).unwrap();
        assert!(take.cancel());
    }));
    trigger.try_put(()).unwrap();
    assert_eq!(chan.try_take(), Ok(1));

    let put = Cx::put_then(&chan, 2, |_| unreachable!("it is cancelled"));
    drop(Cx::take_then(&trigger, move |_| {
        assert_eq!(chan.try_take(), Ok(2));
        assert_eq!(put.cancel(), Some(CancelledPut::Committed));
    }));
    trigger.try_put(()).unwrap();
}

async fn a33_a_callback_that_panics_stops_no_other(_: Cx) {
    let (chan, heard) = (Chan::<u32, L>::new(), Heard::default());
    drop(Cx::take_then(&chan, |taken| assert_eq!(taken, Ok(0), "on purpose")));
    let ear = heard.clone();
    drop(Cx::take_then(&chan, move |taken| ear.say(taken)));
    let why = caught(|| chan.try_put(1)).unwrap_err();
    assert!(why.contains("on purpose"), "{why}");
    chan.try_put(2).unwrap();
    assert_eq!(heard.said(), ["Ok(2)"]);
}

/// core.async: "puts are moved to buffers", and `puts-fulfill-when-buffer-available`.
async fn b7_the_callback_of_a_parked_put_runs_when_there_is_room(_: Cx) {
    let heard = Heard::default();
    let chan = Chan::<u32, L>::fixed(1);
    for n in [1, 2] {
        let ear = heard.clone();
        drop(Cx::put_then(&chan, n, move |result| ear.say((n, result))));
    }
    assert_eq!((heard.said(), chan.parked_puts()), (vec!["(1, Ok(()))".to_owned()], 1));
    assert_eq!(chan.try_take(), Ok(1));
    assert_eq!((heard.said(), chan.parked_puts()), (vec!["(2, Ok(()))".to_owned()], 0));
    assert_eq!(chan.try_take(), Ok(2));
}
