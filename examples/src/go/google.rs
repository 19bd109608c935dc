//! A fake search engine: servers that answer after a random time.

use csp::{Receiver, quietly};

use crate::{Runtime, up_to_millis};

pub(super) const KINDS: [&str; 3] = ["web", "image", "video"];

/// Asks a server, which is gone when it answers nothing for ever.
pub(super) fn ask<R: Runtime>(
    runtime: R,
    server: String,
    query: &'static str,
    is_gone: bool,
) -> Receiver<String> {
    let (sender, receiver) = csp::rendezvous();
    runtime.go(quietly(async move {
        if is_gone {
            sender.closed().await;
        }
        runtime.wait(up_to_millis(10)).await;
        sender.put(format!("{server} result for {query:?}")).await?;
        Ok(())
    }));
    receiver
}

/// Asks a server that answers.
pub(super) async fn search<R: Runtime>(runtime: R, kind: &str, query: &'static str) -> String {
    let answer = ask(runtime, kind.to_owned(), query, false);
    answer.take().await.expect("this server answers")
}

/// The kinds of which there is an answer, in order.
pub(super) fn kinds(answers: &[String]) -> Vec<&str> {
    let answered = |kind: &&str| answers.iter().any(|answer| answer.starts_with(kind));
    KINDS.into_iter().filter(answered).collect()
}
