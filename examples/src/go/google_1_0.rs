//! A search, one question after another: the times add up.

use super::google::{KINDS, kinds, search};
use crate::Runtime;

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let questions = KINDS.map(|kind| search(runtime, kind, "csp"));
    let answers = csp::sequence(questions).await;
    println!("{answers:#?}");
    assert_eq!(kinds(&answers), KINDS);
}
