//! Two channels by hand, with messages of one type.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{Floor, MESSAGES, is_last, program};

static ONE: Floor<u32> = Floor::new();
static OTHER: Floor<u32> = Floor::new();

async fn put() {
    for number in 0..MESSAGES {
        ONE.put(number).await;
        OTHER.put(number).await;
    }
}

async fn take() {
    loop {
        let one = ONE.take().await;
        let other = OTHER.take().await;
        if is_last(one) && is_last(other) {
            return;
        }
    }
}

program!(put(), take());
