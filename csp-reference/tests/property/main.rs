//! The property suite: long paths drawn at random, compared with the reference step by step.
//!
//! A path is up to 100 steps of up to 16 offers, six of them at once, on up to three channels. What
//! fails is shrunk, and printed as the call of `replay` that repeats it.
//!
//! `CSP_PROPERTY_CASES` says how many paths are drawn, `CSP_PROPERTY_SEED` from which seed; without
//! them every run is the same.

#![forbid(unsafe_code)]

mod draw;
mod replays;
