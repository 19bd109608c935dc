//! What csp-core promises, checked on microcontrollers without an allocator.
#![no_std]
#![forbid(unsafe_code)]
