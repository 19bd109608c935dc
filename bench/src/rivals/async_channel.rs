//! async-channel.

use super::{Capacity, Rival, Rx, Tx};

pub struct AsyncChannel;

impl Rival for AsyncChannel {
    const NAME: &'static str = "async-channel";
    const SMALLEST: Capacity = Capacity::Fixed(1);
    type Tx = AsyncChannelTx;
    type Rx = AsyncChannelRx;

    fn channel(capacity: Capacity) -> (AsyncChannelTx, AsyncChannelRx) {
        let (tx, rx) = match capacity {
            Capacity::Fixed(size) => async_channel::bounded(size),
            Capacity::Unbounded => async_channel::unbounded(),
        };
        (AsyncChannelTx(tx), AsyncChannelRx(rx))
    }
}

#[derive(Clone)]
pub struct AsyncChannelTx(async_channel::Sender<u64>);

impl Tx for AsyncChannelTx {
    async fn send(&mut self, value: u64) -> bool {
        self.0.send(value).await.is_ok()
    }
}

#[derive(Clone)]
pub struct AsyncChannelRx(async_channel::Receiver<u64>);

impl Rx for AsyncChannelRx {
    async fn recv(&mut self) -> Option<u64> {
        self.0.recv().await.ok()
    }
}
