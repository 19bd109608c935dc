//! A fake feed: slow, repetitive and unreliable.

use std::time::Duration;

use crate::{Runtime, millis, up_to_millis};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Item {
    pub(super) feed: &'static str,
    pub(super) number: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct FetchError {
    pub(super) feed: &'static str,
}

pub(super) struct Fetched {
    pub(super) items: Vec<Item>,
    /// How long to wait before the next fetch.
    pub(super) pause: Duration,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Feed {
    pub(super) name: &'static str,
}

impl Feed {
    /// The three newest items, of which one is new in each round; every fourth round fails.
    pub(super) async fn fetch<R: Runtime>(
        self,
        runtime: R,
        round: usize,
    ) -> Result<Fetched, FetchError> {
        runtime.wait(up_to_millis(3)).await;
        if round % 4 == 1 {
            return Err(FetchError { feed: self.name });
        }
        // A failed round makes two items new in the next, as a feed does not wait for its readers.
        let items =
            (round.saturating_sub(2)..=round).map(|number| Item { feed: self.name, number });
        Ok(Fetched { items: items.collect(), pause: millis(1) })
    }
}
