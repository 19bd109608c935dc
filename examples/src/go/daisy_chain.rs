//! 100,000 processes in a row: each takes from its right neighbour, adds one, and puts to its left.

use csp::{Chan, quietly};

use crate::Runtime;

const LENGTH: u32 = 100_000;

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let leftmost = Chan::new();
    let mut right = leftmost.clone();
    for _ in 0..LENGTH {
        let left = right;
        right = Chan::new();
        let input = right.clone();
        runtime.go(quietly(async move {
            left.put(input.take().await? + 1).await?;
            Ok(())
        }));
    }
    runtime.go(async move { right.put(1).await.expect("the rightmost process takes") });
    let total = leftmost.take().await;
    println!("{total:?}");
    assert_eq!(total, Ok(LENGTH + 1));
}
