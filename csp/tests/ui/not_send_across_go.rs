//! A process of a runtime with threads must be `Send`.

use std::rc::Rc;

use csp::Chan;
use csp::tokio::go;

fn main() {
    let chan = Chan::new();
    let number = Rc::new(1);
    go(async move {
        chan.put(*number).await.unwrap();
        println!("{number}");
    });
}
