//! A timeout for each message: it is made anew in each turn.

use csp::{alts, timeout};

use super::boring::boring;
use crate::{Runtime, millis};

pub(crate) async fn main<R: Runtime>(runtime: R) {
    // He pauses for up to 5 ms.
    let joe = boring(runtime, "Joe");
    let mut heard = 0;
    loop {
        alts! {
            said = joe.take() => {
                let said = said.expect("he never stops");
                println!("{said}");
                assert_eq!(said, format!("Joe {heard}"));
                heard += 1;
            }
            _ = timeout(runtime, millis(4)) => break,
        }
    }
    println!("You're too slow.");
}
