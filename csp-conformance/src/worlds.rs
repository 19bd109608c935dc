//! The cells of the suite: each lock flavour with each kind of handle.
//!
//! A check is written once, as an ordinary `async fn` in `checks/`; each world below reads that
//! folder anew, with its own meaning of `L`, `Cx`, `rendezvous`, … So the compiler sees concrete
//! types: it finds out by itself what is `Send`, as it does for a user, and no bound of a generic
//! check stands between.

use crate::check::Check;

/// The lock of a user: that of `parking_lot`, through `mutex-traits`.
pub(crate) type OwnLock =
    csp_core::lock::Scoped<mutex::raw_impls::lock_api_0_4::LockApiRawMutex<parking_lot::RawMutex>>;

/// A lock flavour with a kind of handle, and the checks for them.
#[derive(Debug, Clone, Copy)]
pub struct World {
    /// The lock flavour.
    pub lock: &'static str,
    /// The kind of handle.
    pub handle: &'static str,
    /// Whether its processes stay on one thread.
    pub is_local: bool,
    /// The checks, by module: what all worlds have, and what some have.
    groups: [&'static [&'static [Check]]; 2],
}

impl World {
    /// A world of its own, for a test of the harness.
    pub const fn of(checks: &'static [&'static [Check]]) -> Self {
        Self { lock: "std", handle: "counted ends", is_local: false, groups: [checks, &[]] }
    }

    /// Whether its handles are those of the facade's `csp::local`.
    pub(crate) fn is_of_facade_local(self) -> bool {
        self.is_local && matches!(self.handle, "Chan" | "counted ends")
    }

    /// Whether large checks have their full size here: in one world, which has every check.
    pub(crate) fn is_thorough(self) -> bool {
        self.lock == "std" && self.handle == "counted ends"
    }

    /// Its checks.
    pub fn checks(self) -> impl Iterator<Item = &'static Check> {
        self.groups.into_iter().flatten().copied().flatten()
    }
}

/// The names of lock flavours, in the order of the table.
pub const LOCKS: [&str; 4] = ["std", "critical-section", "own", "single-thread"];

/// The names of handle kinds, in the order of the table.
pub const HANDLES: [&str; 4] = ["Channel", "lent ends", "Chan", "counted ends"];

/// All worlds; without the feature `every-cell` the few in which every check has a cell.
pub const WORLDS: &[World] = &[
    std_place::WORLD,
    #[cfg(feature = "every-cell")]
    std_lent::WORLD,
    #[cfg(feature = "every-cell")]
    std_chan::WORLD,
    std_counted::WORLD,
    #[cfg(feature = "every-cell")]
    section_place::WORLD,
    #[cfg(feature = "every-cell")]
    section_lent::WORLD,
    #[cfg(feature = "every-cell")]
    section_chan::WORLD,
    #[cfg(feature = "every-cell")]
    section_counted::WORLD,
    #[cfg(feature = "every-cell")]
    own_place::WORLD,
    #[cfg(feature = "every-cell")]
    own_lent::WORLD,
    #[cfg(feature = "every-cell")]
    own_chan::WORLD,
    #[cfg(feature = "every-cell")]
    own_counted::WORLD,
    #[cfg(feature = "every-cell")]
    single_place::WORLD,
    #[cfg(feature = "every-cell")]
    single_lent::WORLD,
    #[cfg(feature = "every-cell")]
    single_chan::WORLD,
    #[cfg(feature = "every-cell")]
    single_counted::WORLD,
];

macro_rules! world {
    (
        $(#[$cfg:meta])* $world:ident, $lock:literal $L:ty, $handle:literal $kind:ident,
        $Context:ident [$($some:ident)*]
    ) => {
        $(#[$cfg])*
        #[path = "checks"]
        mod $world {
            pub(crate) type L = $L;
            pub(crate) type Cx = crate::context::$Context<L>;
            pub(crate) use crate::kinds::$kind::*;

            /// Declares the modules that only some worlds have.
            macro_rules! some {
                () => {
                    $(mod $some;)*
                    pub(crate) const SOME: &[&[crate::check::Check]] = &[$($some::CHECKS),*];
                };
            }

            #[path = "all.rs"]
            mod checks;

            pub(crate) const WORLD: crate::worlds::World = crate::worlds::World {
                lock: $lock,
                handle: $handle,
                is_local: Cx::IS_LOCAL,
                groups: [&checks::COMMON, checks::SOME],
            };
        }
    };
}

macro_rules! worlds_of {
    ($lock:literal $L:ty, $Context:ident $some:tt, $($world:tt)+) => {
        $(worlds_of!(@ $world $lock $L, $Context $some);)+
    };
    (@ ($(#[$cfg:meta])* $world:ident place) $lock:literal $L:ty, $Context:ident [$($some:ident)*]) => {
        world!($(#[$cfg])* $world, $lock $L, "Channel" place, $Context [$($some)*]);
    };
    (@ ($(#[$cfg:meta])* $world:ident lent) $lock:literal $L:ty, $Context:ident [$($some:ident)*]) => {
        world!($(#[$cfg])* $world, $lock $L, "lent ends" lent, $Context [$($some)*]);
    };
    (@ ($(#[$cfg:meta])* $world:ident chan) $lock:literal $L:ty, $Context:ident [$($some:ident)*]) => {
        world!($(#[$cfg])* $world, $lock $L, "Chan" chan, $Context [allocated callbacks $($some)*]);
    };
    (@ ($(#[$cfg:meta])* $world:ident counted) $lock:literal $L:ty, $Context:ident [$($some:ident)*]) => {
        world!(
            $(#[$cfg])* $world, $lock $L, "counted ends" counted,
            $Context [allocated callbacks retire $($some)*]
        );
    };
}

worlds_of!(
    "std" csp_core::lock::StdLock, Shared [threads groups],
    (std_place place)
    (#[cfg(feature = "every-cell")] std_lent lent)
    (#[cfg(feature = "every-cell")] std_chan chan)
    (std_counted counted)
);
worlds_of!(
    "critical-section" csp_core::lock::CriticalSection, Shared [threads groups],
    (#[cfg(feature = "every-cell")] section_place place)
    (#[cfg(feature = "every-cell")] section_lent lent)
    (#[cfg(feature = "every-cell")] section_chan chan)
    (#[cfg(feature = "every-cell")] section_counted counted)
);
worlds_of!(
    "own" crate::worlds::OwnLock, Shared [threads groups],
    (#[cfg(feature = "every-cell")] own_place place)
    (#[cfg(feature = "every-cell")] own_lent lent)
    (#[cfg(feature = "every-cell")] own_chan chan)
    (#[cfg(feature = "every-cell")] own_counted counted)
);
worlds_of!(
    "single-thread" csp_core::lock::SingleThread, Local [local],
    (#[cfg(feature = "every-cell")] single_place place)
    (#[cfg(feature = "every-cell")] single_lent lent)
    (#[cfg(feature = "every-cell")] single_chan chan)
    (#[cfg(feature = "every-cell")] single_counted counted)
);
