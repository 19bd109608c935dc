//! A function that returns a channel: the process behind it speaks for as long as somebody listens.

use csp::{Receiver, quietly};

use crate::{Runtime, up_to_millis};

/// Starts a process that says `message` again and again, at random intervals.
pub(super) fn boring<R: Runtime>(runtime: R, message: &'static str) -> Receiver<String> {
    let (sender, receiver) = csp::rendezvous();
    runtime.go(quietly(async move {
        for i in 0.. {
            // Fails when the last receiver is gone, and ends the process.
            sender.put(format!("{message} {i}")).await?;
            runtime.wait(up_to_millis(5)).await;
        }
        Ok(())
    }));
    receiver
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let boring = boring(runtime, "boring!");
    for i in 0..5 {
        let said = boring.take().await.expect("it never stops");
        println!("You say: {said:?}");
        assert_eq!(said, format!("boring! {i}"));
    }
    println!("You are boring; I'm leaving.");
}
