//! The runtimes, as one type: which of them is known at run time.

use std::pin::Pin;
use std::time::{Duration, Instant};

use csp_async_std::AsyncStd;
use csp_core::runtime::{Spawn, Timer};
use csp_smol::Smol;
use csp_tokio::Tokio;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runtime {
    Tokio,
    TokioMulti,
    Smol,
    AsyncStd,
}

impl Runtime {
    pub(crate) const ALL: [Self; 4] = [Self::Tokio, Self::TokioMulti, Self::Smol, Self::AsyncStd];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::TokioMulti => "tokio-multi",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
        }
    }

    pub(crate) fn run<F: Future>(self, main: F) -> F::Output {
        match self {
            Self::Tokio => on_tokio(tokio::runtime::Builder::new_current_thread(), main),
            Self::TokioMulti => {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                builder.worker_threads(2);
                on_tokio(builder, main)
            }
            Self::Smol => smol::block_on(main),
            Self::AsyncStd => async_std::task::block_on(main),
        }
    }
}

fn on_tokio<F: Future>(mut builder: tokio::runtime::Builder, main: F) -> F::Output {
    builder.enable_time().build().expect("tokio starts").block_on(main)
}

impl Spawn for Runtime {
    fn go<F: Future<Output = ()> + Send + 'static>(&self, process: F) {
        match self {
            Self::Tokio | Self::TokioMulti => Tokio.go(process),
            Self::Smol => Smol.go(process),
            Self::AsyncStd => AsyncStd.go(process),
        }
    }
}

impl Timer for Runtime {
    type Instant = Instant;
    type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn now(&self) -> Instant {
        Smol.now()
    }

    fn later(&self, start: Instant, duration: Duration) -> Instant {
        Smol.later(start, duration)
    }

    fn between(&self, earlier: Instant, later: Instant) -> Duration {
        Smol.between(earlier, later)
    }

    fn wait_until(&self, deadline: Instant) -> Self::Wait {
        match self {
            Self::Tokio | Self::TokioMulti => Box::pin(Tokio.wait_until(deadline.into())),
            Self::Smol => Box::pin(Smol.wait_until(deadline)),
            Self::AsyncStd => Box::pin(AsyncStd.wait_until(deadline)),
        }
    }
}
