//! crossbeam-channel, which blocks threads: its operations are awaited without ever waiting as a
//! future does, and so only where each process has a thread of its own.

use super::{Capacity, Rival, Rx, Tx};

pub struct Crossbeam;

impl Rival for Crossbeam {
    const NAME: &'static str = "crossbeam";
    type Tx = CrossbeamTx;
    type Rx = CrossbeamRx;

    fn channel(capacity: Capacity) -> (CrossbeamTx, CrossbeamRx) {
        let (tx, rx) = match capacity {
            Capacity::Fixed(size) => crossbeam_channel::bounded(size),
            Capacity::Unbounded => crossbeam_channel::unbounded(),
        };
        (CrossbeamTx(tx), CrossbeamRx(rx))
    }
}

#[derive(Clone)]
pub struct CrossbeamTx(crossbeam_channel::Sender<u64>);

impl Tx for CrossbeamTx {
    async fn send(&mut self, value: u64) -> bool {
        self.0.send(value).is_ok()
    }
}

#[derive(Clone)]
pub struct CrossbeamRx(pub crossbeam_channel::Receiver<u64>);

impl Rx for CrossbeamRx {
    async fn recv(&mut self) -> Option<u64> {
        self.0.recv().ok()
    }
}
