//! A search that does not wait for slow servers: what has come when the time is up has to do.

use csp::{alts, timeout};

use super::google::{KINDS, ask, kinds};
use crate::{Runtime, millis};

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let [web, image, video] =
        KINDS.map(|kind| ask(runtime, kind.to_owned(), "csp", kind == "image"));
    let end = timeout(runtime, millis(80));
    let mut answers = Vec::new();
    loop {
        // An answer from a server whose channel has closed, having answered already, is an error.
        let answer = alts! {
            answer = web.take(), if !web.is_closed() => answer,
            answer = image.take() => answer,
            answer = video.take(), if !video.is_closed() => answer,
            _ = end => break,
        };
        answers.extend(answer);
    }
    println!("timed out; these have come: {answers:#?}");
    assert!(!kinds(&answers).contains(&"image"), "its server is gone");
    assert_eq!(answers.len(), kinds(&answers).len(), "no answer comes twice");
}
