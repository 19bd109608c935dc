//! The cells of the suite: each lock flavour with each kind of handle.
//!
//! A check is written once, as an ordinary `async fn` in `checks/`; each world below reads that
//! folder anew, with its own meaning of `L`, `Cx`, `rendezvous`, … So the compiler sees concrete
//! types: it finds out by itself what is `Send`, as it does for a user, and no bound of a generic
//! check stands between.

use crate::check::Check;

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
pub fn worlds() -> Vec<World> {
    let worlds = few::WORLDS.to_vec();
    #[cfg(feature = "every-cell")]
    let worlds = [&worlds[..], &others::WORLDS].concat();
    worlds
}

/// A world of a name: its context, lock, handle, and the modules that not every world has.
macro_rules! world {
    (
        $world:ident: $Context:ident, $lock:literal $L:ident, $handle:literal $kind:ident,
        [$($some:ident)*]
    ) => {
        #[path = "checks"]
        mod $world {
            pub(crate) type L = super::$L;
            pub(crate) type Cx = crate::context::$Context<L>;
            pub(crate) use crate::kinds::$kind::*;

            /// What `checks/all.rs` invokes to declare them.
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

// A path of its own, so that the paths in the macro start from this folder.
#[path = "."]
mod few {
    use csp_core::lock::StdLock;

    world!(std_place: Shared, "std" StdLock, "Channel" place, [threads groups]);
    world!(
        std_counted: Shared, "std" StdLock, "counted ends" counted,
        [threads groups allocated callbacks retire]
    );

    pub(super) const WORLDS: [super::World; 2] = [std_place::WORLD, std_counted::WORLD];
}

#[cfg(feature = "every-cell")]
#[path = "."]
mod others {
    use csp_core::lock::{CriticalSection, Scoped, SingleThread, StdLock};
    use mutex::raw_impls::lock_api_0_4::LockApiRawMutex;

    /// The lock of a user: that of `parking_lot`, through `mutex-traits`.
    type OwnLock = Scoped<LockApiRawMutex<parking_lot::RawMutex>>;

    world!(std_lent: Shared, "std" StdLock, "lent ends" lent, [threads groups]);
    world!(std_chan: Shared, "std" StdLock, "Chan" chan, [threads groups allocated callbacks]);
    world!(
        section_place: Shared, "critical-section" CriticalSection, "Channel" place,
        [threads groups]
    );
    world!(
        section_lent: Shared, "critical-section" CriticalSection, "lent ends" lent,
        [threads groups]
    );
    world!(
        section_chan: Shared, "critical-section" CriticalSection, "Chan" chan,
        [threads groups allocated callbacks]
    );
    world!(
        section_counted: Shared, "critical-section" CriticalSection, "counted ends" counted,
        [threads groups allocated callbacks retire]
    );
    world!(own_place: Shared, "own" OwnLock, "Channel" place, [threads groups]);
    world!(own_lent: Shared, "own" OwnLock, "lent ends" lent, [threads groups]);
    world!(own_chan: Shared, "own" OwnLock, "Chan" chan, [threads groups allocated callbacks]);
    world!(
        own_counted: Shared, "own" OwnLock, "counted ends" counted,
        [threads groups allocated callbacks retire]
    );
    world!(single_place: Local, "single-thread" SingleThread, "Channel" place, [local]);
    world!(single_lent: Local, "single-thread" SingleThread, "lent ends" lent, [local]);
    world!(
        single_chan: Local, "single-thread" SingleThread, "Chan" chan,
        [local allocated callbacks]
    );
    world!(
        single_counted: Local, "single-thread" SingleThread, "counted ends" counted,
        [local allocated callbacks retire]
    );

    pub(super) const WORLDS: [super::World; 14] = [
        std_lent::WORLD,
        std_chan::WORLD,
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
}
