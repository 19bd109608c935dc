//! The result of a process; a panic is an error there, never silence.

use csp::{Process, alts, start};

use crate::{Runtime, millis};

pub async fn main<R: Runtime>(runtime: R) {
    let answer = start(&runtime, async move {
        runtime.wait(millis(5)).await;
        6 * 7
    });
    println!("the process goes on, and so do we");
    let answer = answer.await;
    println!("its result: {answer:?}");
    assert_eq!(answer.expect("it does not panic"), 42);

    // The handle is a guard too, and dropping it does not stop the process.
    let slow: Process<()> = start(&runtime, std::future::pending());
    let fast = start(&runtime, async { "fast" });
    let first = alts! {
        result = &slow => format!("{result:?}"),
        result = &fast => result.expect("it does not panic").to_owned(),
    };
    assert_eq!(first, "fast");
    slow.stop();
    assert!(slow.await.is_err_and(|error| error.is_stopped()));

    println!("the panic that follows is meant");
    let fails: Process<()> = start(&runtime, async { panic!("no answer") });
    let error = fails.await.expect_err("it panics");
    println!("its result: {error}");
    assert!(error.is_panic());
}
