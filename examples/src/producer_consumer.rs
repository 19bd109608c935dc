//! A consumer that chooses between two producers until both have retired.
//!
//! From aPyCSP, where poison ended it.

use csp::{Error, Sender, alts, quietly};

use crate::{Runtime, up_to_millis};

const COUNT: usize = 10;

async fn producer<R: Runtime>(runtime: R, name: char, out: Sender<String>) -> Result<(), Error> {
    for i in 0..COUNT {
        runtime.wait(up_to_millis(5)).await;
        out.put(format!("{name}{i}")).await?;
    }
    // Its drop would do the same.
    out.retire();
    Ok(())
}

pub async fn main<R: Runtime>(runtime: R) {
    let (sender, a) = csp::rendezvous();
    runtime.go(quietly(producer(runtime, 'a', sender)));
    let (sender, b) = csp::rendezvous();
    runtime.go(quietly(producer(runtime, 'b', sender)));

    let mut consumed = Vec::new();
    let (mut a_goes_on, mut b_goes_on) = (true, true);
    while a_goes_on || b_goes_on {
        alts! {
            product = a.take(), if a_goes_on => match product {
                Ok(product) => consumed.push(product),
                Err(_) => a_goes_on = false,
            },
            product = b.take(), if b_goes_on => match product {
                Ok(product) => consumed.push(product),
                Err(_) => b_goes_on = false,
            },
        }
    }
    println!("consumed {}", consumed.join(" "));
    consumed.sort_unstable();
    let all: Vec<_> =
        ['a', 'b'].iter().flat_map(|n| (0..COUNT).map(move |i| format!("{n}{i}"))).collect();
    assert_eq!(consumed, all);
}
