//! A deadline beyond the end of time is one that never comes, on every runtime.

#![cfg(any(feature = "tokio", feature = "smol", feature = "async-std"))]

use core::time::Duration;

use csp::runtime::Timer;
use csp::{Chan, Selected2, alts, timeout};

async fn never_comes<R: Timer + Copy>(runtime: R) {
    for duration in [Duration::MAX, Duration::from_secs(u64::from(u32::MAX))] {
        let chan = Chan::new();
        let other = chan.clone();
        let thread = std::thread::spawn(move || other.put_blocking(1));
        let far = timeout(runtime, duration);
        assert_eq!(alts((chan.take(), far)).await, Selected2::First(Ok(1)));
        assert!(!far.has_passed());
        drop(thread.join());
        // Armed, and dropped.
        assert!(timeout(runtime, Duration::ZERO).limit(runtime.wait(duration)).await.is_err());
    }
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn on_tokio() {
    never_comes(csp::tokio::Tokio).await;
}

#[cfg(feature = "smol")]
#[test]
fn on_smol() {
    csp::block_on(never_comes(csp::smol::Smol));
}

#[cfg(feature = "async-std")]
#[test]
fn on_async_std() {
    csp::block_on(never_comes(csp::async_std::AsyncStd));
}
