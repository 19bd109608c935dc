//! The first of twenty channels, or a timeout.
//!
//! The timeout is made by hand, of a channel that closes, so that all guards are of one type.

use csp::{Chan, alts};

use crate::{Runtime, millis, up_to_millis};

const PRODUCERS: usize = 20;

pub async fn main<R: Runtime>(runtime: R) {
    let chans: [Chan<usize>; PRODUCERS] = std::array::from_fn(|number| {
        let chan = Chan::new();
        let out = chan.clone();
        runtime.go(async move {
            runtime.wait(millis(1) + up_to_millis(20)).await;
            // It fails if nobody has chosen this one before the channel was closed.
            let _ = out.put(number).await;
        });
        chan
    });
    let time_is_up = Chan::new();
    let alarm = time_is_up.clone();
    runtime.go(async move {
        runtime.wait(millis(10)).await;
        alarm.close();
    });

    let mut seen = Vec::new();
    loop {
        let takes: [_; PRODUCERS + 1] =
            std::array::from_fn(|i| chans.get(i).unwrap_or(&time_is_up).take());
        match alts(takes).await {
            (chosen, Ok(number)) => {
                assert_eq!(chosen, number);
                seen.push(number);
            }
            (chosen, Err(_)) => {
                assert_eq!(chosen, PRODUCERS);
                break;
            }
        }
    }
    chans.iter().for_each(|chan| chan.close());
    println!("before the time was up, {} of {PRODUCERS} came: {seen:?}", seen.len());
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count, "nobody comes twice");
}
