//! User code in the places where a channel runs it: a waker, a drop, a clone.
//!
//! What it shall do is set for the thread, because a waker has to be `Send` and a channel of one
//! thread is not.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Wake, Waker};

thread_local! {
    static HOOK: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Runs `run` while wakers and values of this module call `hook`.
pub(crate) fn hooked<R>(hook: impl Fn() + 'static, run: impl FnOnce() -> R) -> R {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            HOOK.set(None);
        }
    }
    HOOK.set(Some(Rc::new(hook)));
    let _reset = Reset;
    run()
}

fn call() {
    let hook = HOOK.with_borrow(Clone::clone);
    if let Some(hook) = hook {
        hook();
    }
}

/// A waker that calls the hook.
pub(crate) fn waker() -> Waker {
    struct Calls;
    impl Wake for Calls {
        fn wake(self: Arc<Self>) {
            call();
        }
    }
    Waker::from(Arc::new(Calls))
}

/// A value whose drop calls the hook.
#[derive(Debug, PartialEq)]
pub(crate) struct CallsOnDrop(pub(crate) u32);

impl Drop for CallsOnDrop {
    fn drop(&mut self) {
        call();
    }
}

/// A value whose clone calls the hook.
#[derive(Debug, PartialEq)]
pub(crate) struct CallsOnClone(pub(crate) u32);

impl Clone for CallsOnClone {
    fn clone(&self) -> Self {
        call();
        Self(self.0)
    }
}
