//! What is in a closed channel is still taken; then takes fail, at once, and as often as one likes.

use csp::{Chan, TakeError};

use crate::Runtime;

pub async fn main<R: Runtime>(runtime: R) {
    let chan = Chan::fixed(1);
    chan.put("last words").await.expect("there is room");
    chan.close();
    println!("put after the close: {:?}", chan.put("too late").await);
    assert_eq!(chan.take().await, Ok("last words"));

    // A process that never has to wait still lets others run.
    let others = Chan::fixed(1);
    let out = others.clone();
    runtime.go(async move { out.put("others run too").await.expect("there is room") });
    let mut failed = 0;
    while others.is_empty() || failed < 100_000 {
        assert_eq!(chan.take().await, Err(TakeError::Closed));
        failed += 1;
    }
    println!("{failed} takes failed meanwhile; {}", others.take().await.expect("it was put"));
}
