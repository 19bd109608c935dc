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

page!(tour, "A tour: channels, processes, choice, time, and how a network ends.");
