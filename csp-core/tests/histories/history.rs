//! What the threads did: calls, with their results and their place in time.

use std::fmt;

/// Which of the channels.
pub(crate) type Channel = usize;

/// No two puts of a history have the same value.
pub(crate) type Value = u32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Branch {
    Put(Channel, Value),
    Take(Channel),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Op {
    /// A put or take is an offer of one branch; `try_` forms and a default do not wait.
    Offer {
        branches: Vec<Branch>,
        waits: bool,
    },
    Close(Channel),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Accepted,
    Took(Value),
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Chose(usize, Effect),
    /// Full, empty, or the default.
    NotReady,
    /// A close has no result.
    Nothing,
}

/// One call: it took effect somewhere between its two tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) thread: usize,
    pub(crate) op: Op,
    pub(crate) began: u64,
    pub(crate) outcome: Outcome,
    pub(crate) returned: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct History {
    /// How many values each channel holds; 0 is a rendezvous.
    pub(crate) sizes: Vec<usize>,
    pub(crate) calls: Vec<Call>,
}

impl Branch {
    pub(crate) const fn channel(self) -> Channel {
        match self {
            Self::Put(channel, _) | Self::Take(channel) => channel,
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, op, began, outcome, returned } = self;
        write!(f, "thread {thread} {began:>3}..{returned:<3} {op:?} -> {outcome:?}")
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "channels of sizes {:?}", self.sizes)?;
        let mut calls: Vec<_> = self.calls.iter().collect();
        calls.sort_by_key(|call| call.began);
        calls.iter().try_for_each(|call| writeln!(f, "{call}"))
    }
}
