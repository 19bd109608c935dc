//! csp on async-std.
