//! Processes that stay on one thread.

use std::cell::Cell;
use std::rc::Rc;

use super::*;

checks! {
    elsewhere "processes of locks that threads share are `Send`";
    a27_a_local_process_need_not_be_send;
}

async fn a27_a_local_process_need_not_be_send(cx: Cx) {
    let (tx, rx) = rendezvous::<Rc<Cell<u32>>, L>();
    let process = cx.start(async move {
        let cell = rx.take().await.unwrap();
        cell.set(cell.get() + 1);
        cell
    });
    let cell = Rc::new(Cell::new(6));
    tx.put(cell.clone()).await.unwrap();
    assert!(Rc::ptr_eq(&process.await.unwrap(), &cell));
    assert_eq!(cell.get(), 7);
}
