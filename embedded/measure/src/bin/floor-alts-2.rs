//! The least that a choice of two takes can be made of, by hand and for one type of message.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{ChoiceFloor, MESSAGES, is_last, program};

static FLOORS: [ChoiceFloor; 2] = [const { ChoiceFloor::new() }; 2];

async fn put() {
    for number in 0..MESSAGES {
        FLOORS[number as usize % FLOORS.len()].put(number).await;
    }
}

async fn take() {
    while !is_last(ChoiceFloor::take_one_of(FLOORS.each_ref()).await) {}
}

program!(put(), take());
