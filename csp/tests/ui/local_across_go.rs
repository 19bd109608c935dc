//! A handle for one thread stays on it.

use csp::local::Chan;
use csp::tokio::go;

fn main() {
    let chan = Chan::new();
    go(async move {
        chan.put(1).await.unwrap();
    });
}
