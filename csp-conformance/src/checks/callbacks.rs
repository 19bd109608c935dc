//! Puts and takes without a process, which only an allocated handle of both ends has.

use super::*;

use crate::check::checks;

checks! {
    elsewhere "callbacks are a matter of `Chan`";
    a33_a_callback_gets_what_its_operation_gave (A1);
}

async fn a33_a_callback_gets_what_its_operation_gave(cx: Cx) {
    let (tx, rx) = rendezvous::<u32, L>();
    let (out, results) = fixed::<Result<u32, TakeError>, L, 2>();
    let first = out.clone();
    cx.take_then(&rx, move |taken| first.try_put(taken).unwrap());
    cx.put_then(&tx, 1, |put| put.unwrap());
    assert_eq!(results.try_take(), Ok(Ok(1)));
}
