//! A search, all questions at once: it takes as long as the slowest server.

use super::google::{KINDS, kinds, search};
use crate::Runtime;

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let questions = KINDS.map(|kind| search(runtime, kind, "csp"));
    let answers = csp::parallel(questions).await;
    println!("{answers:#?}");
    assert_eq!(kinds(&answers), KINDS);
}
