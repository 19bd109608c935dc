//! Panics of the core as text, and not on the terminal: while a path is shrunk there are hundreds.

use std::cell::RefCell;
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::script::Step;
use crate::walk::Failure;

thread_local! {
    /// The path that is being walked, and what the last panic said.
    static PRESENT: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// A path begins, without steps.
pub(crate) fn begin(path: Failure) {
    static HOOK: Once = Once::new();
    HOOK.call_once(listen);
    PRESENT.set(Some(path));
}

/// Does a part of a path; a panic is an error like any other.
pub(crate) fn caught(part: impl FnOnce() -> Result<(), String>) -> Result<(), Failure> {
    let result = catch_unwind(AssertUnwindSafe(part));
    if matches!(result, Ok(Ok(()))) {
        return Ok(());
    }
    let mut failure = PRESENT.take().expect("a path has begun");
    if let Ok(Err(why)) = result {
        failure.why = why;
    }
    Err(failure)
}

/// A path is over.
pub(crate) fn end() {
    PRESENT.set(None);
}

/// Notes a step before it is done, as it may be the last.
pub(crate) fn note(step: Step) {
    PRESENT.with_borrow_mut(|present| {
        present.as_mut().expect("a path is being walked").steps.push(step);
    });
}

fn listen() {
    let others = take_hook();
    set_hook(Box::new(move |panic| {
        let is_ours = PRESENT.with_borrow_mut(|present| {
            present.as_mut().map(|failure| heard(panic, failure)).is_some()
        });
        if !is_ours {
            others(panic);
        }
    }));
}

fn heard(panic: &PanicHookInfo<'_>, failure: &mut Failure) {
    let is_second = !failure.why.is_empty();
    let text = format!("the core {panic}").replace('\n', " ");
    let is_last = is_second || NOT_CAUGHT.iter().any(|words| text.contains(words));
    failure.why = if is_second { format!("{}; {text}", failure.why) } else { text };
    if is_last {
        // Not by `eprintln!`, which a test keeps to itself until it is over.
        let written = writeln!(std::io::stderr(), "{failure}");
        drop(written);
    }
}

/// After these the program aborts.
const NOT_CAUGHT: [&str; 5] = [
    "precondition(s) violated",
    "misaligned pointer",
    "null pointer",
    "panic in a destructor",
    "panic in a function that cannot unwind",
];
