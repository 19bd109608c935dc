//! `alts!`: the choice with patterns, conditions and bodies, expanding to the function form.

/// Chooses one of several guards and runs the body of the one that happened.
///
/// ```text
/// alts! {
///     priority;                                   // or fair(&mut turns); or seed(7); or nothing
///     pattern = guard => body,
///     pattern = guard, if condition => body,
///     default => body,                            // last; then the choice does not wait
/// }
/// ```
///
/// Guards and policies are those of the function [`alts()`](crate::alts()). The macro awaits, so it
/// stands in an `async` block or function; it is an expression, whose value is that of the body.
///
/// Patterns are irrefutable: one that could fail to match would lose what was taken. A guard whose
/// condition is false is not evaluated. A body runs after the choice has withdrawn from all other
/// channels; `break`, `continue`, `return` and `?` work in it.
///
/// # Panics
///
/// If all conditions are false and there is no default.
///
/// # Examples
///
/// ```
/// use csp_core::{Channel, alts, block_on, buffer::Fixed, lock::StdLock, skip};
///
/// let input = Channel::<u32, Fixed<1>, StdLock>::new();
/// let output = Channel::<u32, Fixed<1>, StdLock>::new();
/// input.try_put(1).unwrap();
///
/// block_on(async {
///     // A buffer of one between two channels.
///     let mut held = None;
///     for _ in 0..2 {
///         let empty = held.is_none();
///         alts! {
///             number = input.take(), if empty => held = number.ok(),
///             sent = output.put_from(&mut held), if !empty => sent.unwrap(),
///         }
///     }
///     let seen = alts! {
///         priority;
///         number = output.take() => number.ok(),
///         _ = skip() => None,
///     };
///     assert_eq!(seen, Some(1));
///     let nothing = alts! {
///         number = output.take() => number.is_err(),
///         default => true,
///     };
///     assert!(nothing);
/// });
/// ```
///
/// ```compile_fail
/// # use csp_core::{Channel, alts, buffer::Fixed, lock::StdLock};
/// # let input = Channel::<u32, Fixed<1>, StdLock>::new();
/// # let _ = async {
/// // A pattern that could fail: refused.
/// alts! { Ok(number) = input.take() => println!("{number}") }
/// # };
/// ```
#[macro_export]
macro_rules! alts {
    () => {
        ::core::compile_error!(
            "an empty `alts!` could never complete: give it branches `pattern = guard => body`"
        )
    };
    (priority; $($branches:tt)*) => { $crate::alts_branches!((.priority()) $($branches)*) };
    (fair($rotation:expr); $($branches:tt)*) => {
        $crate::alts_branches!((.fair($rotation)) $($branches)*)
    };
    (seed($seed:expr); $($branches:tt)*) => {
        $crate::alts_branches!((.seed($seed)) $($branches)*)
    };
    ($($branches:tt)*) => { $crate::alts_branches!(() $($branches)*) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! alts_branches {
    ($policy:tt $($branches:tt)*) => {
        $crate::alts_collect!(
            $policy
            [
                Selected1 First, Selected2 Second, Selected3 Third, Selected4 Fourth,
                Selected5 Fifth, Selected6 Sixth, Selected7 Seventh, Selected8 Eighth,
            ]
            none
            []
            $($branches)*
        )
    };
}

/// Reads one branch at a time; the enum that the result will be grows with each.
#[doc(hidden)]
#[macro_export]
macro_rules! alts_collect {
    // The end, with and without a default.
    ($policy:tt $names:tt none [] default => $body:expr $(,)?) => { $body };
    ($policy:tt $names:tt $Selected:ident $branches:tt default => $body:block $(,)?) => {
        $crate::alts_choose!($policy $Selected $branches $body)
    };
    ($policy:tt $names:tt $Selected:ident $branches:tt default => $body:expr $(,)?) => {
        $crate::alts_choose!($policy $Selected $branches { $body })
    };
    ($policy:tt $names:tt $Selected:ident $branches:tt default => $($rest:tt)*) => {
        ::core::compile_error!(
            "`default => body` is what happens if no branch is ready: it comes last in an `alts!`"
        )
    };
    ($policy:tt $names:tt $Selected:ident $branches:tt) => {
        $crate::alts_choose!($policy $Selected $branches)
    };
    ($policy:tt [] $($rest:tt)*) => {
        ::core::compile_error!(
            "`alts!` has at most eight branches: for more, use `alts` with an array of guards \
             or a pinned slice of `Branch`es"
        )
    };
    // What there is so far goes on in one pair of brackets.
    (
        $policy:tt [$Next:ident $Variant:ident, $($names:tt)*] $Selected:ident $branches:tt
        $pattern:pat = $guard:expr, if $condition:expr => $($rest:tt)*
    ) => {
        $crate::alts_body!(
            [$policy [$($names)*] $Next $branches
                $Variant ($pattern) ($crate::alts_if!($condition, $guard))]
            $($rest)*
        )
    };
    (
        $policy:tt [$Next:ident $Variant:ident, $($names:tt)*] $Selected:ident $branches:tt
        $pattern:pat = $guard:expr => $($rest:tt)*
    ) => {
        $crate::alts_body!(
            [$policy [$($names)*] $Next $branches $Variant ($pattern) ($crate::branch($guard))]
            $($rest)*
        )
    };
}

/// Reads the body of a branch: a block, or another expression and, unless it is the last, a comma.
#[doc(hidden)]
#[macro_export]
macro_rules! alts_body {
    ($branch:tt $body:block, $($rest:tt)*) => {
        $crate::alts_branch!($branch $body [$($rest)*])
    };
    ($branch:tt $body:block $($rest:tt)*) => { $crate::alts_branch!($branch $body [$($rest)*]) };
    ($branch:tt $body:expr, $($rest:tt)*) => {
        $crate::alts_branch!($branch { $body } [$($rest)*])
    };
    ($branch:tt $body:expr) => { $crate::alts_branch!($branch { $body } []) };
}

/// Adds a branch to those that there are.
#[doc(hidden)]
#[macro_export]
macro_rules! alts_branch {
    (
        [$policy:tt $names:tt $Selected:ident [$($branches:tt)*]
            $Variant:ident ($pattern:pat) ($guard:expr)]
        $body:block [$($rest:tt)*]
    ) => {
        $crate::alts_collect!(
            $policy $names $Selected
            [$($branches)* { $Variant ($pattern) ($guard) $body }]
            $($rest)*
        )
    };
}

/// A guard that is evaluated only if its condition holds.
#[doc(hidden)]
#[macro_export]
macro_rules! alts_if {
    ($condition:expr, $guard:expr) => {
        if $condition {
            ::core::option::Option::Some($crate::branch($guard))
        } else {
            ::core::option::Option::None
        }
    };
}

// What the guards borrow is given back at the end of the first statement, before a body runs.
#[doc(hidden)]
#[macro_export]
macro_rules! alts_choose {
    (
        ($($policy:tt)*) $Selected:ident
        [$({ $Variant:ident ($pattern:pat) ($guard:expr) $body:block })+]
    ) => {{
        let selected = $crate::alts(($($guard,)+)) $($policy)* .await;
        match selected {
            $($crate::$Selected::$Variant(outcome) => {
                // A `let`, for its error points to a pattern that could fail.
                let ($pattern) = outcome;
                $body
            })+
        }
    }};
    (
        ($($policy:tt)*) $Selected:ident
        [$({ $Variant:ident ($pattern:pat) ($guard:expr) $body:block })+]
        $default:block
    ) => {{
        let selected = $crate::alts(($($guard,)+)) $($policy)* .or_default().await;
        match selected {
            ::core::option::Option::None => $default,
            $(::core::option::Option::Some($crate::$Selected::$Variant(outcome)) => {
                let ($pattern) = outcome;
                $body
            })+
        }
    }};
}
