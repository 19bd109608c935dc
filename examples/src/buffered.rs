//! Puts that find room in the buffer do not wait; values come out in the order in which they went
//! in.

use csp::Chan;

use crate::Runtime;

pub async fn main<R: Runtime>(_runtime: R) {
    let chan = Chan::fixed(2);
    chan.put(1).await.expect("there is room");
    println!("put 1");
    chan.put(2).await.expect("there is room");
    println!("put 2");
    let full = chan.try_put(3);
    println!("put 3? {}", full.as_ref().unwrap_err());
    assert_eq!(full.unwrap_err().into_inner(), 3);

    let taken = [chan.take().await, chan.take().await];
    println!("took {taken:?}");
    assert_eq!(taken, [Ok(1), Ok(2)]);
}
