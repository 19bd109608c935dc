//! tokio's `mpsc`: bounded, or unbounded behind the same two handles.

use tokio::sync::mpsc;

use super::{Capacity, Rival, Rx, Tx};

pub struct TokioMpsc;

impl Rival for TokioMpsc {
    const NAME: &'static str = "tokio-mpsc";
    const SMALLEST: Capacity = Capacity::Fixed(1);
    type Tx = TokioTx;
    type Rx = TokioRx;

    fn channel(capacity: Capacity) -> (TokioTx, TokioRx) {
        match capacity {
            Capacity::Fixed(size) => {
                let (tx, rx) = mpsc::channel(size);
                (TokioTx::Bounded(tx), TokioRx::Bounded(rx))
            }
            Capacity::Unbounded => {
                let (tx, rx) = mpsc::unbounded_channel();
                (TokioTx::Unbounded(tx), TokioRx::Unbounded(rx))
            }
        }
    }
}

#[derive(Clone)]
pub enum TokioTx {
    Bounded(mpsc::Sender<u64>),
    Unbounded(mpsc::UnboundedSender<u64>),
}

impl Tx for TokioTx {
    async fn send(&mut self, value: u64) -> bool {
        match self {
            Self::Bounded(tx) => tx.send(value).await.is_ok(),
            Self::Unbounded(tx) => tx.send(value).is_ok(),
        }
    }
}

pub enum TokioRx {
    Bounded(mpsc::Receiver<u64>),
    Unbounded(mpsc::UnboundedReceiver<u64>),
}

impl Rx for TokioRx {
    async fn recv(&mut self) -> Option<u64> {
        match self {
            Self::Bounded(rx) => rx.recv().await,
            Self::Unbounded(rx) => rx.recv().await,
        }
    }
}
