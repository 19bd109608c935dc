//! All examples, by name.

use crate::go::{
    boring, boring_multiplexing, boring_service, daisy_chain, fan_in_select, feed_reader,
    google_1_0, google_2_0, google_2_1, google_3_0, pingpong, quit_channel, restoring_sequence,
    timeout_for_whole_conversation_using_select, timeout_using_select,
};
use crate::host::{Host, run_on};
use crate::{
    blocking, buffered, closed, commstime, dining_philosophers, go_block, http, producer_consumer,
    select,
};

pub struct Example {
    pub name: &'static str,
    /// What it shows, in a line.
    pub about: &'static str,
    run: fn(Host),
}

impl Example {
    /// Runs it.
    ///
    /// # Panics
    ///
    /// If the example finds its result wrong.
    pub fn run(&self, host: Host) {
        (self.run)(host);
    }
}

/// Finds an example; `go/pingpong` is found as well, and a `-` is as good as a `_`.
pub fn find(name: &str) -> Option<&'static Example> {
    let name = name.strip_prefix("go/").unwrap_or(name).replace('-', "_");
    ALL.iter().find(|example| example.name == name)
}

macro_rules! examples {
    ($($name:ident: $about:literal,)+) => {
        pub const ALL: &[Example] = &[$(Example {
            name: stringify!($name),
            about: $about,
            run: |host| run_on!(host, $name::main),
        },)+];
    };
}

examples! {
    blocking: "a put waits for its take; cancelled, it gives its value back",
    buffered: "puts that find room in a buffer do not wait",
    closed: "what is in a closed channel is still taken; then takes fail, as often as one likes",
    go_block: "the result of a process, and its panic, which is an error",
    select: "the first of twenty channels, or a timeout",
    http: "requests from blocking threads, with a timeout and a wrong host",
    boring: "a function that returns a channel",
    boring_service: "a channel as the handle of a service",
    boring_multiplexing: "fan in with a process for each channel",
    fan_in_select: "fan in with one process and a choice",
    timeout_using_select: "a timeout for each message",
    timeout_for_whole_conversation_using_select: "one timeout for a whole conversation",
    quit_channel: "a process that is told to quit, and says when it has",
    restoring_sequence: "messages that carry the channel on which their sender waits",
    daisy_chain: "100,000 processes in a row, each adding one",
    pingpong: "two players, one table, one ball",
    google_1_0: "a search: one question after another",
    google_2_0: "a search: all questions at once",
    google_2_1: "a search: do not wait for slow servers",
    google_3_0: "a search: ask several replicas, and take the first answer of each kind",
    feed_reader: "subscriptions to feeds that come and go, merged, without repetitions",
    producer_consumer: "a consumer that chooses between producers until all have retired",
    dining_philosophers: "ends of channels sent over channels, and a footman against deadlock",
    commstime: "four processes in a ring with a tap; poison stops them",
}
