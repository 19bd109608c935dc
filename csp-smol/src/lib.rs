//! csp on smol.
