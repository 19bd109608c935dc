//! A pattern that could fail to match would lose what was taken.

use csp::{Chan, alts};

fn main() {
    let chan = Chan::<u32>::new();
    csp::block_on(async {
        alts! {
            Ok(number) = chan.take() => println!("{number}"),
        }
    });
}
