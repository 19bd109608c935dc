//! The two clocks, and what one measurement is.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// One thread is timed by what it used, so that its neighbours on the machine do not count; several
/// are timed by the wall, because waiting for each other does count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    Cpu,
    Wall,
}

impl Clock {
    /// Nanoseconds since some moment.
    pub fn now(self) -> u64 {
        let id = match self {
            Self::Cpu => ClockId::ProcessCPUTime,
            Self::Wall => ClockId::Monotonic,
        };
        let time = clock_gettime(id);
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    }
}

/// How much a network is to do, and by which clock it times itself.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub count: u64,
    pub clock: Clock,
}

/// What a network measured: the time of `count` of what its scenario counts, and more figures.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    pub nanos: u64,
    pub count: u64,
    pub more: Vec<(&'static str, f64)>,
}

impl Measured {
    pub fn since(start: u64, plan: Plan) -> Self {
        Self { nanos: plan.clock.now() - start, count: plan.count, more: Vec::new() }
    }

    pub fn with(mut self, name: &'static str, figure: f64) -> Self {
        self.more.push((name, figure));
        self
    }

    /// The line that a measuring process prints: `ns=12.3 lost=0`.
    pub fn line(&self) -> String {
        let mut line = format!("ns={:.3}", self.nanos as f64 / self.count.max(1) as f64);
        for (name, figure) in &self.more {
            write!(line, " {name}={figure:.3}").expect("a string takes everything");
        }
        line
    }
}

/// Runs with growing counts until one run takes long enough to be believed.
pub fn calibrated(target: Duration, run: impl Fn(u64) -> Measured) -> Measured {
    let target = target.as_nanos() as f64;
    let mut count = 500_u64;
    loop {
        let measured = run(count);
        let nanos = measured.nanos.max(1) as f64;
        if nanos >= 0.7 * target {
            return measured;
        }
        // The first runs are short and cold: no leap from them.
        count = (count as f64 * (1.1 * target / nanos).clamp(1.2, 10.0)) as u64;
    }
}

static ALLOCATED: OnceLock<fn() -> usize> = OnceLock::new();

/// Says how many bytes are allocated, in a program whose allocator counts them.
pub fn set_allocated(allocated: fn() -> usize) {
    ALLOCATED.get_or_init(|| allocated);
}

pub fn allocated() -> Option<usize> {
    ALLOCATED.get().map(|allocated| allocated())
}
