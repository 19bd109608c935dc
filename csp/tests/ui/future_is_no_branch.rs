//! A future by value would lose its output if another branch won.

use csp::{Chan, alts};

fn main() {
    let chan = Chan::<u32>::new();
    csp::block_on(async {
        alts! {
            _ = async { 42 } => {}
            _ = chan.take() => {}
        }
    });
}
