//! csp on tokio.
