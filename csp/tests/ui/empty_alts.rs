//! A choice of nothing could never complete.

use csp::alts;

fn main() {
    csp::block_on(async { alts! {} });
}
