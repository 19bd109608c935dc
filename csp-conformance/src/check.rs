//! A check: a short function whose name carries its number, and where it applies.

use crate::context::Setting;
use crate::numbers::Number;
use crate::runtime::Runtime;

/// One behaviour, as checked with one lock and one kind of handle.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// As `b66_alts_never_matches_itself`: the first number, then the behaviour.
    pub name: &'static str,
    /// Further numbers of the semantics that it covers.
    pub more: &'static [&'static str],
    /// The runtimes on which it says something.
    pub on: On,
    /// Why the cells that do not have this check do not have it; for a check of every cell, empty.
    pub elsewhere: &'static str,
    /// Runs it.
    pub run: fn(Setting) -> Result<(), String>,
}

/// On which runtimes a check says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On all.
    Every,
    /// Where time is virtual.
    VirtualTime,
    /// Where more than one thread may take part.
    Threads,
    /// Where all runs on the thread of the check, whose allocations can be counted.
    OneThread,
}

impl On {
    /// Why a check does not run on this runtime, if it does not.
    pub const fn lacks(self, runtime: Runtime) -> Option<&'static str> {
        match (self, runtime) {
            (Self::VirtualTime, Runtime::Virtual)
            | (Self::OneThread, Runtime::Virtual | Runtime::Tokio)
            | (Self::Every, _) => None,
            (Self::Threads, Runtime::Virtual) => {
                Some("virtual time would take a wait for another thread for a deadlock")
            }
            (Self::Threads, _) => None,
            (Self::VirtualTime, _) => Some("exact times need virtual time"),
            (Self::OneThread, _) => Some("allocations are counted by thread"),
        }
    }
}

impl Check {
    /// The numbers that it covers: that of its name, and the further ones.
    pub fn numbers(self) -> impl Iterator<Item = Number> {
        let first = self.name.split('_').next();
        first.into_iter().chain(self.more.iter().copied()).filter_map(Number::parse)
    }
}

/// Lists the checks of a module: the function, further numbers, and where it applies if not
/// everywhere.
macro_rules! checks {
    (elsewhere $why:expr; $($name:ident $(($($more:ident)*))? $([on $on:ident])?;)+) => {
        /// The checks of this module.
        pub(crate) const CHECKS: &[$crate::check::Check] = &[$($crate::check::Check {
            name: stringify!($name),
            more: &[$($(stringify!($more)),*)?],
            on: $crate::check::checks!(@on $($on)?),
            elsewhere: $why,
            run: |setting| Cx::run(setting, |cx| Box::pin($name(cx))),
        }),+];
    };
    (@on) => { $crate::check::On::Every };
    (@on $on:ident) => { $crate::check::On::$on };
    ($($checks:tt)+) => { $crate::check::checks! { elsewhere ""; $($checks)+ } };
}

pub(crate) use checks;
