//! A subscription: a process that fetches, remembers and delivers, all at the same time.

use std::collections::{HashSet, VecDeque};

use csp::{Process, Receiver, Sender, alts, parallel_on, start, timeout};

use super::feed::{Feed, FetchError, Item};
use crate::{Runtime, millis};

/// With so many items to deliver, it does not fetch more.
const MAX_PENDING: usize = 10;

pub(super) struct Subscription {
    pub(super) updates: Receiver<Item>,
    /// Ends when nobody wants updates any more, with the last error.
    process: Process<Option<FetchError>>,
}

impl Subscription {
    /// Ends the subscription and returns its last error. Nothing is left running.
    pub(super) async fn close(self) -> Option<FetchError> {
        self.updates.retire();
        self.process.await.expect("it does not panic")
    }
}

pub(super) fn subscribe<R: Runtime>(runtime: R, feed: Feed) -> Subscription {
    let (out, updates) = csp::rendezvous();
    Subscription { updates, process: start(&runtime, serve(runtime, feed, out)) }
}

async fn serve<R: Runtime>(runtime: R, feed: Feed, out: Sender<Item>) -> Option<FetchError> {
    let mut pending = VecDeque::new();
    let mut seen = HashSet::new();
    let mut last_error = None;
    let mut round = 0;
    let mut next_fetch = timeout(runtime, millis(0));
    let mut fetching = None;
    loop {
        let mut first = pending.pop_front();
        let may_fetch = fetching.is_none() && pending.len() < MAX_PENDING;
        alts! {
            _ = out.closed() => return last_error,
            // Disabled while there is nothing to deliver. If it fails, `closed` is ready too.
            _ = out.put_from(&mut first) => {}
            _ = next_fetch, if may_fetch => {
                fetching = Some(start(&runtime, feed.fetch(runtime, round)));
                round += 1;
            }
            fetched = fetching.as_ref().expect("it is some"), if fetching.is_some() => {
                fetching = None;
                match fetched.expect("it does not panic") {
                    Ok(fetched) => {
                        let items = fetched.items.into_iter();
                        pending.extend(items.filter(|item| seen.insert(*item)));
                        next_fetch = timeout(runtime, fetched.pause);
                    }
                    Err(error) => {
                        last_error = Some(error);
                        next_fetch = timeout(runtime, millis(5));
                    }
                }
            }
        }
        // A put that lost has its value back.
        if let Some(item) = first {
            pending.push_front(item);
        }
    }
}

pub(super) fn merge<R, const N: usize>(runtime: R, subscriptions: [Subscription; N]) -> Subscription
where
    R: Runtime,
{
    let (out, updates) = csp::rendezvous();
    let process = start(&runtime, async move {
        let forwards = subscriptions.map(|subscription| forward(subscription, out.clone()));
        let ended = parallel_on(&runtime, forwards).await;
        ended.into_iter().find_map(|last_error| last_error.expect("it does not panic"))
    });
    Subscription { updates, process }
}

async fn forward(from: Subscription, out: Sender<Item>) -> Option<FetchError> {
    loop {
        alts! {
            _ = out.closed() => return from.close().await,
            item = from.updates.take() => {
                // If nobody wants the item, `closed` is ready in the next turn.
                let _ = out.put(item.expect("it goes on")).await;
            }
        }
    }
}
