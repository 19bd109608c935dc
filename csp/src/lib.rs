//! csp.
