//! The least that a rendezvous can be made of, by hand.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{Floor, MESSAGES, is_last, program};

static FLOOR: Floor<u32> = Floor::new();

async fn put() {
    for number in 0..MESSAGES {
        FLOOR.put(number).await;
    }
}

async fn take() {
    while !is_last(FLOOR.take().await) {}
}

program!(put(), take());
