//! Processes: how they start and end, their results, and groups of them.

use super::*;

checks! {
    b105_a_result_is_delivered_and_then_its_channel_closes (A27);
}

async fn b105_a_result_is_delivered_and_then_its_channel_closes(cx: Cx) {
    let process = cx.start(async { 42 });
    let result = process.result();
    assert_eq!(result.take().await.unwrap().unwrap(), 42);
    assert_eq!(result.take().await.unwrap_err(), TakeError::Closed);
    assert!(process.is_finished());
}
