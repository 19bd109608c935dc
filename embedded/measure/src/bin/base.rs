//! Two tasks in turn, without a message.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{MESSAGES, pass, program};

async fn turns() {
    for _ in 0..MESSAGES {
        pass().await;
    }
}

program!(turns(), turns());
