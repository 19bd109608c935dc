//! A program of docs/embedded.md.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

include!(concat!(env!("OUT_DIR"), "/meeting.rs"));
