//! rtic-sync's channel with room for one.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use measure::{MESSAGES, entry, exit, is_last, two};
use rtic_sync::channel::{Receiver, Sender};
use rtic_sync::make_channel;

async fn send(mut sender: Sender<'static, u32, 1>) {
    for number in 0..MESSAGES {
        if sender.send(number).await.is_err() {
            return;
        }
    }
}

async fn receive(mut receiver: Receiver<'static, u32, 1>) {
    while !receiver.recv().await.is_ok_and(is_last) {}
}

#[entry]
fn main() -> ! {
    let (sender, receiver) = make_channel!(u32, 1);
    two(send(sender), receive(receiver));
    exit()
}
