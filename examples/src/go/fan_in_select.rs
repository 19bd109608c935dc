//! Fan in with one process, which chooses.

use csp::{Receiver, alts, quietly};

use super::{boring::boring, boring_multiplexing::check};
use crate::Runtime;

fn fan_in<R: Runtime>(runtime: R, a: Receiver<String>, b: Receiver<String>) -> Receiver<String> {
    let (sender, receiver) = csp::rendezvous();
    runtime.go(quietly(async move {
        loop {
            let said = alts! {
                said = a.take() => said?,
                said = b.take() => said?,
            };
            sender.put(said).await?;
        }
    }));
    receiver
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let both = fan_in(runtime, boring(runtime, "Joe"), boring(runtime, "Ann"));
    let mut heard = Vec::new();
    for _ in 0..10 {
        let said = both.take().await.expect("they never stop");
        println!("{said}");
        heard.push(said);
    }
    println!("You're both boring; I'm leaving.");
    check(&heard);
}
