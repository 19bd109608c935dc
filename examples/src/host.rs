//! The runtimes on which an example can run.

use std::fmt;
use std::str::FromStr;

/// A runtime, by the name that it has on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// tokio on one thread.
    Tokio,
    /// tokio on a thread for each core.
    TokioMulti,
    Smol,
    AsyncStd,
}

impl Host {
    pub const ALL: [Self; 4] = [Self::Tokio, Self::TokioMulti, Self::Smol, Self::AsyncStd];

    const fn name(self) -> &'static str {
        match self {
            Self::Tokio => "tokio",
            Self::TokioMulti => "tokio-multi",
            Self::Smol => "smol",
            Self::AsyncStd => "async-std",
        }
    }
}

/// Runs `$main(runtime, ..)`, a future, to its end on the runtime that `$host` names.
macro_rules! run_on {
    ($host:expr, $main:path $(, $arg:expr)*) => {{
        use csp::{async_std::AsyncStd, smol::Smol, tokio::Tokio};
        use tokio::runtime::Builder;

        let tokio_with = |mut builder: Builder| {
            builder.enable_time().build().expect("the system has threads and a clock")
        };
        match $host {
            $crate::host::Host::Tokio => {
                tokio_with(Builder::new_current_thread()).block_on($main(Tokio $(, $arg)*))
            }
            $crate::host::Host::TokioMulti => {
                tokio_with(Builder::new_multi_thread()).block_on($main(Tokio $(, $arg)*))
            }
            $crate::host::Host::Smol => smol::block_on($main(Smol $(, $arg)*)),
            $crate::host::Host::AsyncStd => async_std::task::block_on($main(AsyncStd $(, $arg)*)),
        }
    }};
}

pub(crate) use run_on;

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Host {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|host| host.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("no runtime is called `{name}`; there are {names}")
        })
    }
}
