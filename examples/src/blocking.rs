//! A put on a channel without a buffer waits until somebody takes.
//!
//! Given up, it leaves its value where it was.

use csp::{Chan, alts, timeout};

use crate::{Runtime, millis};

pub async fn main<R: Runtime>(runtime: R) {
    let chan = Chan::new();
    let mut value = Some("hello");
    let has_put = alts! {
        _ = chan.put_from(&mut value) => true,
        _ = timeout(runtime, millis(10)) => false,
    };
    println!("nobody takes, so nothing is put: {value:?} is still here");
    assert!(!has_put);
    assert_eq!(value, Some("hello"));

    let other = chan.clone();
    runtime.go(async move {
        let taken = other.take().await;
        println!("taken: {taken:?}");
    });
    chan.put_from(&mut value).await.expect("nobody closes the channel");
    println!("now somebody takes, and the put is done");
    assert_eq!(value, None);
}
