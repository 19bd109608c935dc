//! As one might write it by analogy with `match`.

use csp::{Chan, alts};

fn main() {
    let chan = Chan::<u32>::new();
    csp::block_on(async {
        alts! {
            chan.take() => println!("taken"),
        }
    });
}
