//! Paths that once failed.

use csp_reference::draft::Draft;
use csp_reference::ground::{Ground, replay};
use csp_reference::{replays, script};

#[test]
fn what_once_failed_passes() {
    for it in &replays::ALL {
        replay(it.ground, it.offers, it.steps);
    }
}

#[test]
fn the_fuzzer_reads_what_was_written_for_it() {
    for it in &replays::ALL {
        let (offers, steps) = (script::offers(it.offers), script::steps(it.steps));
        let draft = Draft { ground: Ground::named(it.ground), offers, steps };
        let read = Draft::from_bytes(&draft.to_bytes()).expect("enough bytes");
        assert_eq!(script::join(&read.offers), it.offers);
        assert_eq!(script::join(&read.steps), it.steps);
        assert_eq!(read.ground.name, it.ground);
    }
}
