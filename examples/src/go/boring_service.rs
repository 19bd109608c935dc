//! A channel is a handle of a service: two of them are two of the same kind.

use super::boring::boring;
use crate::Runtime;

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let joe = boring(runtime, "Joe");
    let ann = boring(runtime, "Ann");
    for i in 0..5 {
        // In turn, whoever is faster.
        let said = [joe.take().await, ann.take().await].map(|said| said.expect("they never stop"));
        println!("{}\n{}", said[0], said[1]);
        assert_eq!(said, [format!("Joe {i}"), format!("Ann {i}")]);
    }
    println!("You're both boring; I'm leaving.");
}
