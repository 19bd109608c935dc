//! `futures::channel::mpsc`. Its capacity is one slot per sender more than asked for, so that the
//! smallest there is holds one value.

use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};

use super::{Capacity, Rival, Rx, Tx};

pub struct FuturesMpsc;

impl Rival for FuturesMpsc {
    const NAME: &'static str = "futures-mpsc";
    const SMALLEST: Capacity = Capacity::Fixed(1);
    type Tx = FuturesTx;
    type Rx = FuturesRx;

    fn channel(capacity: Capacity) -> (FuturesTx, FuturesRx) {
        match capacity {
            Capacity::Fixed(size) => {
                let (tx, rx) = mpsc::channel(size - 1);
                (FuturesTx::Bounded(tx), FuturesRx::Bounded(rx))
            }
            Capacity::Unbounded => {
                let (tx, rx) = mpsc::unbounded();
                (FuturesTx::Unbounded(tx), FuturesRx::Unbounded(rx))
            }
        }
    }
}

#[derive(Clone)]
pub enum FuturesTx {
    Bounded(mpsc::Sender<u64>),
    Unbounded(mpsc::UnboundedSender<u64>),
}

impl Tx for FuturesTx {
    async fn send(&mut self, value: u64) -> bool {
        match self {
            Self::Bounded(tx) => tx.send(value).await.is_ok(),
            Self::Unbounded(tx) => tx.unbounded_send(value).is_ok(),
        }
    }
}

pub enum FuturesRx {
    Bounded(mpsc::Receiver<u64>),
    Unbounded(mpsc::UnboundedReceiver<u64>),
}

impl Rx for FuturesRx {
    async fn recv(&mut self) -> Option<u64> {
        match self {
            Self::Bounded(rx) => rx.next().await,
            Self::Unbounded(rx) => rx.next().await,
        }
    }
}
