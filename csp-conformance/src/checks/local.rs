//! Processes that stay on one thread.

use std::cell::Cell;
use std::rc::Rc;

use csp_core::lock::StdLock;
use csp_core::runtime::SpawnLocal;
use csp_core::{local_group, start_local};

use super::*;

checks! {
    elsewhere "processes of locks that threads share are `Send`";
    a27_a_local_process_need_not_be_send;
    a27_the_same_network_runs_spawned_or_in_a_local_group (A28);
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

/// A ring of processes for any runtime that has local ones.
async fn ring<R: SpawnLocal>(runtime: &R) -> u32 {
    let (start, mut last) = rendezvous::<Rc<Cell<u32>>, L>();
    for _ in 0..20 {
        let (tx, rx) = rendezvous::<Rc<Cell<u32>>, L>();
        let before = std::mem::replace(&mut last, rx);
        runtime.go_local(async move {
            let cell = before.take().await.unwrap();
            cell.set(cell.get() + 1);
            tx.put(cell).await.unwrap();
        });
    }
    let end = start_local::<L, _, _>(runtime, async move { last.take().await.unwrap() });
    start.put(Rc::new(Cell::new(0))).await.unwrap();
    end.await.unwrap().get()
}

async fn a27_the_same_network_runs_spawned_or_in_a_local_group(cx: Cx) {
    assert_eq!(ring(&cx.runtime).await, 20);
    assert_eq!(local_group::<StdLock, _>(async |group| ring(&group).await).await, 20);
}
