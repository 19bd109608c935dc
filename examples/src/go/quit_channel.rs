//! A process that is told to quit, cleans up, and says that it has: the channel works both ways.

use csp::{Chan, Receiver, alts, quietly};

use crate::Runtime;

fn boring<R: Runtime>(
    runtime: R,
    name: &'static str,
    quit: Chan<&'static str>,
) -> Receiver<String> {
    let (sender, receiver) = csp::rendezvous();
    runtime.go(quietly(async move {
        let mut i = 0;
        let mut message = None;
        loop {
            message.get_or_insert_with(|| format!("{name} {i}"));
            alts! {
                sent = sender.put_from(&mut message) => {
                    sent?;
                    i += 1;
                }
                word = quit.take() => {
                    println!("{name} hears {:?} and cleans up", word?);
                    quit.put("See you!").await?;
                    return Ok(());
                }
            }
        }
    }));
    receiver
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let quit = Chan::new();
    let joe = boring(runtime, "Joe", quit.clone());
    for _ in 0..5 {
        println!("{}", joe.take().await.expect("he was not told to quit"));
    }
    quit.put("Bye!").await.expect("he listens");
    let answer = quit.take().await;
    println!("Joe says: {answer:?}");
    assert_eq!(answer, Ok("See you!"));
    assert!(joe.take().await.is_err(), "he has quit");
}
