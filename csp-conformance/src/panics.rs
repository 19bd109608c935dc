//! Panics as text: caught where they happen, printed nowhere.
//!
//! A check fails by panicking, and some checks make a process panic on purpose. The hook keeps what
//! was said, and where, for the thread that asks.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics quiet from here on.
pub(crate) fn keep_quiet() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let payload = info.payload();
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("a panic without words");
            let place = info.location().map_or_else(String::new, |at| format!(" ({at})"));
            LAST.set(Some(format!("{text}{place}")));
        }));
    });
}

/// Runs `f`; what it panicked with, if it did.
pub(crate) fn caught<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    // Whoever panicked is not used again.
    catch_unwind(AssertUnwindSafe(f))
        .map_err(|_| LAST.take().unwrap_or_else(|| "a panic that the hook did not see".to_owned()))
}
