//! The panics that answer misuse of an operation, each in a function of its own.
//!
//! Nothing else of a put, a take or a close panics; a firmware is checked for that by its calls
//! (`cargo xtask embedded`).

/// A future of an operation is polled although it was ready before.
#[cold]
#[inline(never)]
pub(crate) fn polled_after_completion() -> ! {
    panic!("a channel operation was polled after it had completed")
}

/// As [`polled_after_completion`], for a choice.
#[cold]
#[inline(never)]
pub(crate) fn chosen_from_after_completion() -> ! {
    panic!("an alts was polled after it had completed")
}

/// As [`polled_after_completion`], for a limit.
#[cold]
#[inline(never)]
pub(crate) fn limited_after_completion() -> ! {
    panic!("a limit was polled after it had completed")
}

/// All guards are switched off.
#[cold]
#[inline(never)]
pub(crate) fn nothing_to_choose() -> ! {
    panic!(
        "an alts has no guard that is switched on and no default, so it could never complete: \
         give it a default, or make sure that one precondition holds"
    )
}

/// A `put_from` is awaited by itself, with `None` in its source.
#[cold]
#[inline(never)]
pub(crate) fn nothing_to_put() -> ! {
    panic!(
        "put_from has nothing to put: its source is None; give it Some value, or disable the branch"
    )
}
