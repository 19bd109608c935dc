//! Messages that carry a channel: their sender waits on it for leave to go on, so that a fan-in
//! does not let one get ahead of the other.

use csp::{Receiver, Sender, quietly};

use crate::{Runtime, up_to_millis};

struct Message {
    name: &'static str,
    number: usize,
    go_on: Sender<()>,
}

fn boring<R: Runtime>(runtime: R, name: &'static str, out: Sender<Message>) {
    let (go_on, wait_for_it) = csp::rendezvous();
    runtime.go(quietly(async move {
        for number in 0.. {
            out.put(Message { name, number, go_on: go_on.clone() }).await?;
            runtime.wait(up_to_millis(5)).await;
            wait_for_it.take().await?;
        }
        Ok(())
    }));
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    // Counted ends fan in by themselves: each sender has a clone.
    let (sender, both): (_, Receiver<Message>) = csp::rendezvous();
    boring(runtime, "Joe", sender.clone());
    boring(runtime, "Ann", sender);
    for round in 0..5 {
        let one = both.take().await.expect("they never stop");
        let other = both.take().await.expect("they never stop");
        println!("{} {}, {} {}", one.name, one.number, other.name, other.number);
        assert_ne!(one.name, other.name);
        assert_eq!((one.number, other.number), (round, round));
        for message in [one, other] {
            message.go_on.put(()).await.expect("they wait");
        }
    }
    println!("You're both boring; I'm leaving.");
}
