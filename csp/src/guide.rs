//! The guide: pages of prose, each snippet of which is compiled and run.

/// Declares a page: its first line, and the file it is in.
macro_rules! page {
    ($name:ident, $line:literal) => {
        #[doc = $line]
        // The snippets use tokio.
        #[cfg_attr(feature = "tokio", doc = "")]
        #[cfg_attr(
                                    feature = "tokio",
                                    doc = include_str!(concat!("guide/", stringify!($name), ".md"))
                                )]
        pub mod $name {}
    };
}

page!(tour, "A tour: processes, channels, ends, choice, time, results, and how a network ends.");
page!(alts, "Choice: what can be a branch, which is chosen, and what becomes of the others.");
page!(cancellation, "Cancellation: what becomes of the values when a future is dropped.");
page!(errors, "Errors: what operations say, how to end a network, and where your own errors go.");
page!(embedded, "On a microcontroller: interrupts, executors, time, and what it costs.");
page!(from_go, "For who knows Go.");
page!(from_core_async, "For who knows core.async.");
page!(from_pycsp, "For who knows PyCSP or aPyCSP.");
