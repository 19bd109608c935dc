//! The runtimes under test, as one type: which of them is known at run time.
//!
//! Checks are compiled for each lock and handle, so that nothing between them and the channel is
//! erased; what starts processes and keeps time may be erased, and is.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use csp_async_std::AsyncStd;
use csp_core::runtime::{Spawn, SpawnLocal, Timer};
use csp_smol::Smol;
use csp_tokio::Tokio;
use smol::LocalExecutor;

use crate::virtual_time::{self, Deadlock, Virtual};

/// A runtime under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runtime {
    /// The executor of this crate.
    Virtual,
    /// tokio on the current thread.
    Tokio,
    /// tokio on several threads.
    TokioMulti,
    /// smol's global executor.
    Smol,
    /// async-std's global executor.
    AsyncStd,
}

impl Runtime {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Virtual, Self::Tokio, Self::TokioMulti, Self::Smol, Self::AsyncStd];

    /// What `--runtime` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Virtual => "virtual",
            Self::Tokio => "tokio",
            Self::TokioMulti => "tokio-multi",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
        }
    }

    /// Why it does not run processes that stay on one thread, if it does not.
    pub const fn lacks_local(self) -> Option<&'static str> {
        match self {
            Self::TokioMulti => Some("local processes run on one thread: see tokio"),
            Self::AsyncStd => Some("async-std has no stable way to start a local process"),
            Self::Virtual | Self::Tokio | Self::Smol => None,
        }
    }
}

/// A runtime on which a check can be run.
pub trait RunsChecks: Copy {
    /// That runtime.
    fn of(runtime: Runtime) -> Self;

    /// Runs a future to its end.
    ///
    /// # Errors
    ///
    /// [`Deadlock`], which only virtual time notices.
    fn run<F: Future>(&self, main: F) -> Result<F::Output, Deadlock>;
}

impl RunsChecks for Runtime {
    fn of(runtime: Runtime) -> Self {
        runtime
    }

    fn run<F: Future>(&self, main: F) -> Result<F::Output, Deadlock> {
        match self {
            Self::Virtual => virtual_time::run(main),
            Self::Tokio => Ok(on_tokio(tokio::runtime::Builder::new_current_thread(), main)),
            Self::TokioMulti => {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                builder.worker_threads(2);
                Ok(on_tokio(builder, main))
            }
            Self::Smol => Ok(smol::block_on(main)),
            Self::AsyncStd => Ok(async_std::task::block_on(main)),
        }
    }
}

fn on_tokio<F: Future>(mut builder: tokio::runtime::Builder, main: F) -> F::Output {
    let runtime = builder.enable_time().build().expect("tokio starts");
    let output = runtime.block_on(main);
    // A process may be in the middle of blocking work that nobody will ever unblock.
    runtime.shutdown_background();
    output
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Spawn for Runtime {
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        match self {
            Self::Virtual => Virtual.go(process),
            Self::Tokio | Self::TokioMulti => Tokio.go(process),
            Self::Smol => Smol.go(process),
            Self::AsyncStd => AsyncStd.go(process),
        }
    }
}

/// A point in time of one of the runtimes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instant {
    /// Since the beginning of the run.
    Virtual(Duration),
    /// Of the clock on the wall.
    Real(std::time::Instant),
}

impl Timer for Runtime {
    type Instant = Instant;
    type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn now(&self) -> Instant {
        match self {
            Self::Virtual => Instant::Virtual(Virtual.now()),
            Self::Tokio | Self::TokioMulti => Instant::Real(Tokio.now().into_std()),
            Self::Smol => Instant::Real(Smol.now()),
            Self::AsyncStd => Instant::Real(AsyncStd.now()),
        }
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        match start {
            Instant::Virtual(start) => Instant::Virtual(Virtual.later(start, duration)),
            Instant::Real(start) => Instant::Real(Smol.later(start, duration)),
        }
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        match (earlier, later) {
            (Instant::Virtual(earlier), Instant::Virtual(later)) => Virtual.between(earlier, later),
            (Instant::Real(earlier), Instant::Real(later)) => Smol.between(earlier, later),
            _ => unreachable!("points in time of one runtime"),
        }
    }

    fn wait_until(&self, deadline: Instant) -> Self::Wait {
        match (self, deadline) {
            (Self::Virtual, Instant::Virtual(deadline)) => Box::pin(Virtual.wait_until(deadline)),
            (Self::Tokio | Self::TokioMulti, Instant::Real(deadline)) => {
                Box::pin(Tokio.wait_until(deadline.into()))
            }
            (Self::Smol, Instant::Real(deadline)) => Box::pin(Smol.wait_until(deadline)),
            (Self::AsyncStd, Instant::Real(deadline)) => Box::pin(AsyncStd.wait_until(deadline)),
            _ => unreachable!("a point in time of this runtime"),
        }
    }
}

/// A runtime for processes that stay on this thread.
#[derive(Debug, Clone, Copy)]
pub struct LocalRuntime {
    runtime: Runtime,
    /// Leaked, for it is to be as handy as a runtime that is found by itself.
    smol: &'static LocalExecutor<'static>,
}

impl RunsChecks for LocalRuntime {
    fn of(runtime: Runtime) -> Self {
        Self { runtime, smol: Box::leak(Box::new(LocalExecutor::new())) }
    }

    fn run<F: Future>(&self, main: F) -> Result<F::Output, Deadlock> {
        match self.runtime {
            Runtime::Tokio => {
                let local = tokio::task::LocalSet::new();
                self.runtime.run(local.run_until(main))
            }
            Runtime::Smol => self.runtime.run(self.smol.run(main)),
            _ => self.runtime.run(main),
        }
    }
}

impl SpawnLocal for LocalRuntime {
    fn go_local<F: Future<Output = ()> + 'static>(&self, process: F) {
        match self.runtime {
            Runtime::Virtual => Virtual.go_local(process),
            Runtime::Tokio => Tokio.go_local(process),
            Runtime::Smol => csp_smol::Local(self.smol).go_local(process),
            other => unreachable!("{other} has no local processes"),
        }
    }
}

impl Timer for LocalRuntime {
    type Instant = Instant;
    type Wait = <Runtime as Timer>::Wait;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        self.runtime.later(start, duration)
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        self.runtime.between(earlier, later)
    }

    fn wait_until(&self, deadline: Instant) -> Self::Wait {
        self.runtime.wait_until(deadline)
    }
}
