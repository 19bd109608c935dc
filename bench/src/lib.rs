//! What the channels of csp cost, measured against the channels one would use instead.
//!
//! A *scenario* is a network of processes, written once over the trait [`rivals::Rival`] and run on
//! several [executors]; a [row](rows::Row) is one scenario with one rival on one executor. The
//! [driver] runs each row as a process of its own, again and again in random order, and the
//! [report] compares medians. Go and aPyCSP take part through programs of theirs ([`foreign`]).
//!
//! Nothing here is a test: a figure that got worse fails nothing.

#![forbid(unsafe_code)]

pub mod choosers;
pub mod clock;
pub mod driver;
pub mod executors;
pub mod foreign;
pub mod report;
pub mod rivals;
pub mod rows;
pub mod scenarios;

/// What goes wrong is said to the person who ran it; nothing handles errors by kind.
pub type Result<T = ()> = std::result::Result<T, String>;
