//! Time: waits, timeouts and limits.

use super::*;

use std::time::Duration;

checks! {
    b102_a_timeout_never_fires_early (A26);
}

const MS: Duration = Duration::from_millis(1);

async fn b102_a_timeout_never_fires_early(cx: Cx) {
    let start = cx.now();
    cx.wait(2 * MS).await;
    assert!(cx.since(start) >= 2 * MS);

    let start = cx.now();
    cx.timeout(3 * MS).await;
    assert!(cx.since(start) >= 3 * MS);

    let (_tx, rx) = rendezvous::<u32, L>();
    let start = cx.now();
    assert_eq!(alts((rx.take(), cx.timeout(4 * MS))).await, Selected2::Second(()));
    assert!(cx.since(start) >= 4 * MS);
}
