//! What comes after the default would never be tried.

use csp::{Chan, alts};

fn main() {
    let chan = Chan::<u32>::new();
    csp::block_on(async {
        alts! {
            default => {}
            _ = chan.take() => {}
        }
    });
}
