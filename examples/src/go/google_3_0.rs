//! A search that asks several replicas of each server and takes the first answer of each.

use std::time::Duration;

use csp::{alts, limit};

use super::google::{KINDS, ask, kinds};
use crate::Runtime;

const REPLICAS: usize = 3;

/// Asks all replicas, of which the first is gone. Those that are too late find nobody listening.
async fn first<R: Runtime>(runtime: R, kind: &str, query: &'static str) -> String {
    let answers: [_; REPLICAS] = std::array::from_fn(|replica| {
        ask(runtime, format!("{kind} {replica}"), query, replica == 0)
    });
    let (replica, answer) =
        alts(std::array::from_fn::<_, REPLICAS, _>(|i| answers[i].take())).await;
    assert_ne!(replica, 0, "it is gone");
    answer.expect("the replica has answered")
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let questions = csp::parallel(KINDS.map(|kind| first(runtime, kind, "csp")));
    let answers = limit(runtime, Duration::from_secs(60), questions).await;
    let answers = answers.expect("of three replicas, two answer in no time");
    println!("{answers:#?}");
    assert_eq!(kinds(&answers), KINDS);
}
