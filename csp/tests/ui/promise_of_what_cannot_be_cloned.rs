//! Every take of a promise gets a clone.

struct NotClone;

fn main() {
    let _chan = csp::Chan::<NotClone>::promise();
}
