//! A detached process has nobody to give its result to.

use csp::Chan;
use csp::tokio::go;

fn main() {
    let chan = Chan::new();
    go(async move {
        chan.put(1).await?;
        Ok(())
    });
}
