//! flume.

use super::{Capacity, Rival, Rx, Tx};

pub struct Flume;

impl Rival for Flume {
    const NAME: &'static str = "flume";
    type Tx = FlumeTx;
    type Rx = FlumeRx;

    fn channel(capacity: Capacity) -> (FlumeTx, FlumeRx) {
        let (tx, rx) = match capacity {
            Capacity::Fixed(size) => flume::bounded(size),
            Capacity::Unbounded => flume::unbounded(),
        };
        (FlumeTx(tx), FlumeRx(rx))
    }
}

#[derive(Clone)]
pub struct FlumeTx(flume::Sender<u64>);

impl Tx for FlumeTx {
    async fn send(&mut self, value: u64) -> bool {
        self.0.send_async(value).await.is_ok()
    }
}

#[derive(Clone)]
pub struct FlumeRx(flume::Receiver<u64>);

impl Rx for FlumeRx {
    async fn recv(&mut self) -> Option<u64> {
        self.0.recv_async().await.ok()
    }
}
