//! Two players, one table, one ball: sharing by communicating.

use csp::{Chan, Error, quietly};

use crate::{Runtime, millis};

struct Ball {
    hits: u32,
}

async fn player<R: Runtime>(runtime: R, name: &str, table: Chan<Ball>) -> Result<(), Error> {
    loop {
        let mut ball = table.take().await?;
        ball.hits += 1;
        println!("{name} {}", ball.hits);
        runtime.wait(millis(10)).await;
        table.put(ball).await?;
    }
}

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let table = Chan::new();
    runtime.go(quietly(player(runtime, "ping", table.clone())));
    runtime.go(quietly(player(runtime, "pong", table.clone())));

    table.put(Ball { hits: 0 }).await.expect("the players wait for it");
    runtime.wait(millis(100)).await;
    let ball = table.take().await.expect("nobody closes the table");
    println!("game over after {} hits", ball.hits);
    assert!(ball.hits > 0);
    // The players, who wait for the ball, find it gone and end.
    table.close();
}
