//! heapless's queue for one producer and one consumer, without waiting.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use heapless::spsc::Queue;
use measure::{MESSAGES, entry, exit, is_last, mark};

#[entry]
fn main() -> ! {
    // One of the places is always empty.
    static mut QUEUE: Queue<u32, 2> = Queue::new();
    let (mut producer, mut consumer) = QUEUE.split();
    mark();
    for number in 0..MESSAGES {
        if producer.enqueue(number).is_ok() && consumer.dequeue().is_some_and(is_last) {
            break;
        }
    }
    mark();
    exit()
}
