//! More than eight branches are an array or a slice.

use csp::{Chan, alts};

fn main() {
    let c = Chan::<u32>::new();
    csp::block_on(async {
        alts! {
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
            _ = c.take() => {}
        }
    });
}
