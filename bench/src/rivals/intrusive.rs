//! futures-intrusive, with a lock that does nothing and with parking_lot's.

use futures_intrusive::buffer::RingBuf;
use futures_intrusive::buffer::{FixedHeapBuf, GrowingHeapBuf};
use futures_intrusive::channel::shared::{GenericReceiver, GenericSender, generic_channel};
use futures_intrusive::channel::{GenericChannel, LocalUnbufferedChannel};
use lock_api::RawMutex;

use super::{Capacity, Rival, Rx, Tx};

type ParkingLot = parking_lot::RawMutex;

/// The lock of its local channels has no public name.
type NoopLock = <LocalUnbufferedChannel<u64> as Locked>::Lock;

pub trait Locked {
    type Lock;
}

impl<M: RawMutex, T, A: RingBuf<Item = T>> Locked for GenericChannel<M, T, A> {
    type Lock = M;
}

macro_rules! rival {
    ($rival:ident, $tx:ident, $rx:ident, $lock:ty, $name:literal) => {
        pub struct $rival;

        impl Rival for $rival {
            const NAME: &'static str = $name;
            type Tx = $tx;
            type Rx = $rx;

            fn channel(capacity: Capacity) -> ($tx, $rx) {
                match capacity {
                    Capacity::Fixed(size) => {
                        let (tx, rx) = generic_channel(size);
                        ($tx::Fixed(tx), $rx::Fixed(rx))
                    }
                    Capacity::Unbounded => {
                        let (tx, rx) = generic_channel(usize::MAX);
                        ($tx::Growing(tx), $rx::Growing(rx))
                    }
                }
            }
        }

        #[derive(Clone)]
        pub enum $tx {
            Fixed(GenericSender<$lock, u64, FixedHeapBuf<u64>>),
            Growing(GenericSender<$lock, u64, GrowingHeapBuf<u64>>),
        }

        impl Tx for $tx {
            async fn send(&mut self, value: u64) -> bool {
                match self {
                    Self::Fixed(tx) => tx.send(value).await.is_ok(),
                    Self::Growing(tx) => tx.send(value).await.is_ok(),
                }
            }
        }

        #[derive(Clone)]
        pub enum $rx {
            Fixed(GenericReceiver<$lock, u64, FixedHeapBuf<u64>>),
            Growing(GenericReceiver<$lock, u64, GrowingHeapBuf<u64>>),
        }

        impl Rx for $rx {
            async fn recv(&mut self) -> Option<u64> {
                match self {
                    Self::Fixed(rx) => rx.receive().await,
                    Self::Growing(rx) => rx.receive().await,
                }
            }
        }
    };
}

rival!(IntrusiveLocal, LocalTx, LocalRx, NoopLock, "fi-local");
rival!(IntrusiveShared, SharedTx, SharedRx, ParkingLot, "fi-shared");
