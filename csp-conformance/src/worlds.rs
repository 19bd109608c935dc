//! The cells of the suite: each lock flavour with each kind of handle.
//!
//! A check is written once, as an ordinary `async fn` in `checks/`; each world below reads that
//! folder anew, with its own meaning of `L`, `Cx`, `rendezvous`, … So the compiler sees concrete
//! types: it finds out by itself what is `Send`, as it does for a user, and no bound of a generic
//! check stands between.

use crate::check::Check;

/// The lock of a user: parking_lot's, through mutex-traits.
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
        Self { lock: "std", handle: "Chan", is_local: false, groups: [checks, &[]] }
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

/// All worlds.
pub const WORLDS: &[World] = &[
    std_place::WORLD,
    std_lent::WORLD,
    std_chan::WORLD,
    std_counted::WORLD,
    section_place::WORLD,
    section_lent::WORLD,
    section_chan::WORLD,
    section_counted::WORLD,
    own_place::WORLD,
    own_lent::WORLD,
    own_chan::WORLD,
    own_counted::WORLD,
    single_place::WORLD,
    single_lent::WORLD,
    single_chan::WORLD,
    single_counted::WORLD,
];

macro_rules! world {
    ($world:ident, $lock:literal $L:ty, $handle:literal $kind:ident, $Context:ident [$($some:ident)*]) => {
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
    (
        $lock:literal $L:ty, $Context:ident $some:tt,
        $place:ident $lent:ident $chan:ident $counted:ident
    ) => {
        worlds_of!(@one $place, $lock $L, "Channel" place, $Context $some []);
        worlds_of!(@one $lent, $lock $L, "lent ends" lent, $Context $some []);
        worlds_of!(@one $chan, $lock $L, "Chan" chan, $Context $some [callbacks]);
        worlds_of!(@one $counted, $lock $L, "counted ends" counted, $Context $some [retire]);
    };
    (
        @one $world:ident, $lock:literal $L:ty, $handle:literal $kind:ident,
        $Context:ident [$($some:ident)*] [$($more:ident)*]
    ) => {
        world!($world, $lock $L, $handle $kind, $Context [$($some)* $($more)*]);
    };
}

worlds_of!(
    "std" csp_core::lock::StdLock, Shared [],
    std_place std_lent std_chan std_counted
);
worlds_of!(
    "critical-section" csp_core::lock::CriticalSection, Shared [],
    section_place section_lent section_chan section_counted
);
worlds_of!(
    "own" crate::worlds::OwnLock, Shared [],
    own_place own_lent own_chan own_counted
);
worlds_of!(
    "single-thread" csp_core::lock::SingleThread, Local [],
    single_place single_lent single_chan single_counted
);
