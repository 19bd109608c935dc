//! crossfire, for one sender and receiver and for many. Told to look at the number of cores, as its
//! documentation asks; on several it spins inside `poll`.

use crossfire::{AsyncRx, AsyncTx, MAsyncRx, MAsyncTx, mpmc, spsc};

use super::{Capacity, Rival, Rx, Tx};

pub struct CrossfireSpsc;
pub struct CrossfireMpmc;

macro_rules! rival {
    ($rival:ident, $tx:ident, $rx:ident, $flavor:ident, $async_tx:ident, $async_rx:ident,
     $name:literal, $($derive:tt)*) => {
        impl Rival for $rival {
            const NAME: &'static str = $name;
            const SMALLEST: Capacity = Capacity::Fixed(1);
            type Tx = $tx;
            type Rx = $rx;

            fn lacks(capacity: Capacity) -> Option<&'static str> {
                match capacity {
                    Capacity::Fixed(0) => Some("no rendezvous; smallest is 1"),
                    Capacity::Fixed(_) => None,
                    Capacity::Unbounded => Some("unbounded only with a blocking sender"),
                }
            }

            fn channel(capacity: Capacity) -> ($tx, $rx) {
                let Capacity::Fixed(size) = capacity else { panic!("always bounded") };
                crossfire::detect_backoff_cfg();
                let (tx, rx) = $flavor::bounded_async(size);
                ($tx(tx), $rx(rx))
            }
        }

        $($derive)*
        pub struct $tx($async_tx<$flavor::Array<u64>>);

        impl Tx for $tx {
            async fn send(&mut self, value: u64) -> bool {
                self.0.send(value).await.is_ok()
            }
        }

        $($derive)*
        pub struct $rx($async_rx<$flavor::Array<u64>>);

        impl Rx for $rx {
            async fn recv(&mut self) -> Option<u64> {
                self.0.recv().await.ok()
            }
        }
    };
}

rival!(CrossfireSpsc, SpscTx, SpscRx, spsc, AsyncTx, AsyncRx, "crossfire-spsc",);
rival!(CrossfireMpmc, MpmcTx, MpmcRx, mpmc, MAsyncTx, MAsyncRx, "crossfire-mpmc", #[derive(Clone)]);
