//! Operations on channels, drawn from bytes, against the reference.

#![no_main]
#![forbid(unsafe_code)]

use csp_reference::draft::Draft;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let walked = Draft::from_bytes(bytes).map(|draft| draft.walk());
    if let Some(Err(failure)) = walked {
        panic!("{}", failure.shrunk());
    }
});
