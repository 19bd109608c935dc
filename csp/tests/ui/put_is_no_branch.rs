//! A put by value would lose its value if another branch won.

use csp::{Chan, alts};

fn main() {
    let (a, b) = (Chan::<u32>::new(), Chan::<u32>::new());
    csp::block_on(async {
        alts! {
            _ = a.put(1) => {}
            _ = b.take() => {}
        }
    });
}
