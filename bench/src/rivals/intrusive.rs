//! futures-intrusive, with a lock that does nothing and with parking_lot's.
//!
//! Its plain channels, which lend their futures; its `shared` ones would clone an `Arc` for each
//! operation. What they lack is added here: a channel closes when all ends of one side are gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_intrusive::buffer::{GrowingHeapBuf, RingBuf};
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

pub struct IntrusiveLocal;
pub struct IntrusiveShared;

macro_rules! rival {
    ($rival:ident, $lock:ty, $name:literal) => {
        impl Rival for $rival {
            const NAME: &'static str = $name;
            type Tx = End<$lock>;
            type Rx = End<$lock>;

            fn channel(capacity: Capacity) -> (Self::Tx, Self::Rx) {
                let limit = match capacity {
                    Capacity::Fixed(size) => size,
                    Capacity::Unbounded => usize::MAX,
                };
                let channel = GenericChannel::with_capacity(limit);
                let ends = [AtomicUsize::new(1), AtomicUsize::new(1)];
                let shared = Arc::new(Shared { channel, ends });
                (End { shared: shared.clone(), side: 0 }, End { shared, side: 1 })
            }
        }
    };
}

rival!(IntrusiveLocal, NoopLock, "fi-local");
rival!(IntrusiveShared, ParkingLot, "fi-shared");

struct Shared<M: RawMutex> {
    channel: GenericChannel<M, u64, GrowingHeapBuf<u64>>,
    ends: [AtomicUsize; 2],
}

pub struct End<M: RawMutex> {
    shared: Arc<Shared<M>>,
    side: usize,
}

impl<M: RawMutex> Clone for End<M> {
    fn clone(&self) -> Self {
        self.shared.ends[self.side].fetch_add(1, Ordering::Relaxed);
        Self { shared: self.shared.clone(), side: self.side }
    }
}

impl<M: RawMutex> Drop for End<M> {
    fn drop(&mut self) {
        if self.shared.ends[self.side].fetch_sub(1, Ordering::AcqRel) == 1 {
            self.shared.channel.close();
        }
    }
}

impl<M: RawMutex + 'static> Tx for End<M> {
    async fn send(&mut self, value: u64) -> bool {
        self.shared.channel.send(value).await.is_ok()
    }
}

impl<M: RawMutex + 'static> Rx for End<M> {
    async fn recv(&mut self) -> Option<u64> {
        self.shared.channel.receive().await
    }
}
