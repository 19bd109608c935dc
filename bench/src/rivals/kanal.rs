//! kanal.

use super::{Capacity, Rival, Rx, Tx};

pub struct Kanal;

impl Rival for Kanal {
    const NAME: &'static str = "kanal";
    type Tx = KanalTx;
    type Rx = KanalRx;

    fn channel(capacity: Capacity) -> (KanalTx, KanalRx) {
        let (tx, rx) = match capacity {
            Capacity::Fixed(size) => kanal::bounded_async(size),
            Capacity::Unbounded => kanal::unbounded_async(),
        };
        (KanalTx(tx), KanalRx(rx))
    }
}

#[derive(Clone)]
pub struct KanalTx(kanal::AsyncSender<u64>);

impl Tx for KanalTx {
    async fn send(&mut self, value: u64) -> bool {
        self.0.send(value).await.is_ok()
    }
}

#[derive(Clone)]
pub struct KanalRx(kanal::AsyncReceiver<u64>);

impl Rx for KanalRx {
    async fn recv(&mut self) -> Option<u64> {
        self.0.recv().await.ok()
    }
}
