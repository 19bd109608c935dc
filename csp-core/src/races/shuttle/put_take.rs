//! Puts and takes alone.

use alloc::sync::Arc;
use shuttle::thread;

use super::play;
use crate::buffer::Rendezvous;
use crate::lock::StdLock;
use crate::{Channel, block_on};

#[test]
fn a_put_meets_a_take() {
    play("a put meets a take", || {
        let channel = Arc::new(Channel::<u32, Rendezvous, StdLock>::new());
        let other = channel.clone();
        let putter = thread::spawn(move || block_on(other.put(1)));
        assert_eq!(block_on(channel.take()), Ok(1));
        assert_eq!(putter.join().unwrap(), Ok(()));
    });
}
