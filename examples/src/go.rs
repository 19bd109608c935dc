//! The examples of Rob Pike's "Go Concurrency Patterns" (2012) and Sameer Ajmani's "Advanced Go
//! Concurrency Patterns" (2013).

pub(crate) mod boring;
pub(crate) mod boring_multiplexing;
pub(crate) mod boring_service;
pub(crate) mod daisy_chain;
pub(crate) mod fan_in_select;
pub(crate) mod feed_reader;
mod google;
pub(crate) mod google_1_0;
pub(crate) mod google_2_0;
pub(crate) mod google_2_1;
pub(crate) mod google_3_0;
pub(crate) mod pingpong;
pub(crate) mod quit_channel;
pub(crate) mod restoring_sequence;
pub(crate) mod timeout_for_whole_conversation_using_select;
pub(crate) mod timeout_using_select;
