//! An operation is a future, which does nothing unless it is awaited.

#![deny(unused_must_use)]

use csp::{Chan, alts, timeout};

fn main() {
    let chan = Chan::new();
    csp::block_on(async {
        chan.put(1);
        chan.take();
        alts((chan.take(), chan.closed()));
        timeout(csp::tokio::Tokio, std::time::Duration::ZERO);
        csp::parallel((chan.put(1), chan.take()));
    });
}
