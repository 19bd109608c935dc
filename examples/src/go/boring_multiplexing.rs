//! Fan in: two processes copy to one channel, so that whoever is ready is heard.

use csp::{Receiver, quietly};

use super::boring::boring;
use crate::Runtime;

fn fan_in<R: Runtime>(runtime: R, inputs: [Receiver<String>; 2]) -> Receiver<String> {
    let (sender, receiver) = csp::rendezvous();
    for input in inputs {
        let sender = sender.clone();
        runtime.go(quietly(async move {
            loop {
                sender.put(input.take().await?).await?;
            }
        }));
    }
    receiver
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let both = fan_in(runtime, [boring(runtime, "Joe"), boring(runtime, "Ann")]);
    let mut heard = Vec::new();
    for _ in 0..10 {
        let said = both.take().await.expect("they never stop");
        println!("{said}");
        heard.push(said);
    }
    println!("You're both boring; I'm leaving.");
    check(&heard);
}

/// Nobody is interrupted: each is heard from the beginning, without a gap.
pub(super) fn check(heard: &[String]) {
    for name in ["Joe", "Ann"] {
        let theirs = heard.iter().filter(|said| said.starts_with(name));
        for (i, said) in theirs.enumerate() {
            assert_eq!(*said, format!("{name} {i}"));
        }
    }
}
