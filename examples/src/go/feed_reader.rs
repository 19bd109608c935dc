//! Subscriptions to feeds, merged into one, without repetitions, which can be closed at any time
//! and then leave nothing running.
//!
//! From "Advanced Go Concurrency Patterns" (Sameer Ajmani, 2013).

mod feed;
mod subscription;

use std::collections::HashMap;

use feed::Feed;
use subscription::{merge, subscribe};

use crate::Runtime;

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let names = ["blog.golang.org", "googleblog.blogspot.com", "googledevelopers.blogspot.com"];
    let merged = merge(runtime, names.map(|name| subscribe(runtime, Feed { name })));

    let mut read = HashMap::<_, Vec<_>>::new();
    for _ in 0..20 {
        let item = merged.updates.take().await.expect("the feeds go on");
        println!("{}: item {}", item.feed, item.number);
        read.entry(item.feed).or_default().push(item.number);
    }
    let last_error = merged.close().await;
    println!("closed; the last feed that failed was {:?}", last_error.map(|error| error.feed));

    for (feed, numbers) in read {
        let all: Vec<_> = (0..numbers.len()).collect();
        assert_eq!(numbers, all, "{feed} comes in order, whole, and without repetitions");
    }
}
