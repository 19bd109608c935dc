//! One timeout for a whole conversation: it is made once, before the loop, and runs on.

use csp::{alts, timeout};

use super::boring::boring;
use crate::{Runtime, millis};

pub(crate) async fn main<R: Runtime>(runtime: R) {
    let joe = boring(runtime, "Joe");
    let end = timeout(runtime, millis(50));
    let mut heard = 0;
    loop {
        alts! {
            said = joe.take() => {
                let said = said.expect("he never stops");
                println!("{said}");
                assert_eq!(said, format!("Joe {heard}"));
                heard += 1;
            }
            _ = end => break,
        }
    }
    println!("You talk too much.");
    assert!(end.has_passed());
}
