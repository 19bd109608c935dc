//! Where the two tasks wait for each other between checks; made without what is checked.

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::{Poll, Waker};

use critical_section::Mutex;

struct Meeting {
    /// How often each has come.
    came: [u32; 2],
    waiting: Option<Waker>,
}

static MEETING: Mutex<RefCell<Meeting>> =
    Mutex::new(RefCell::new(Meeting { came: [0; 2], waiting: None }));

pub(crate) async fn first() {
    wait(0).await;
}

pub(crate) async fn second() {
    wait(1).await;
}

async fn wait(me: usize) {
    let mine = critical_section::with(|section| {
        let mut meeting = MEETING.borrow_ref_mut(section);
        meeting.came[me] += 1;
        if let Some(other) = meeting.waiting.take() {
            other.wake();
        }
        meeting.came[me]
    });
    poll_fn(|cx| {
        critical_section::with(|section| {
            let mut meeting = MEETING.borrow_ref_mut(section);
            if meeting.came[1 - me] >= mine {
                return Poll::Ready(());
            }
            meeting.waiting = Some(cx.waker().clone());
            Poll::Pending
        })
    })
    .await;
}
