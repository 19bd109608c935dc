//! What is measured: one file for each scenario, with its definition on top.
//!
//! Each is behind a feature of its name, so that who works on one does not wait for the others to be
//! compiled.

use crate::rows::{Row, Rows};

#[cfg(feature = "choice")]
mod choice;
#[cfg(feature = "commstime")]
mod commstime;
#[cfg(feature = "dispatch")]
mod dispatch;
#[cfg(feature = "many")]
mod many;
#[cfg(feature = "pingpong")]
mod pingpong;
#[cfg(feature = "processes")]
mod processes;
#[cfg(feature = "prodcons")]
mod prodcons;
#[cfg(feature = "stream")]
mod stream;
#[cfg(feature = "stressed")]
mod stressed;
#[cfg(feature = "timeout")]
mod timeout;

type Lister = fn(&mut Rows);

/// Name, what a nanosecond is counted per, and the rows.
pub const ALL: &[(&str, &str, Lister)] = &[
    #[cfg(feature = "commstime")]
    ("commstime", "ns per value that the consumer receives (4 communications)", commstime::rows),
    #[cfg(feature = "pingpong")]
    ("pingpong", "ns per round trip", pingpong::rows),
    #[cfg(feature = "stream")]
    ("stream", "ns per value", stream::rows),
    #[cfg(feature = "choice")]
    ("choice", "ns per value chosen", choice::rows),
    #[cfg(feature = "many")]
    ("many", "ns per value", many::rows),
    #[cfg(feature = "stressed")]
    ("stressed", "ns per choice", stressed::rows),
    #[cfg(feature = "prodcons")]
    ("prodcons", "ns per value", prodcons::rows),
    #[cfg(feature = "processes")]
    ("processes", "ns per process, from start to end", processes::rows),
    #[cfg(feature = "timeout")]
    ("timeout", "ns per receive", timeout::rows),
    #[cfg(feature = "dispatch")]
    ("dispatch", "ns per job", dispatch::rows),
];

/// Shows the memory of so many blocked processes in a group, as they become more.
///
/// # Errors
///
/// If the scenario `processes` is not compiled.
pub fn curve(count: u64) -> crate::Result {
    #[cfg(feature = "processes")]
    processes::curve(count);
    let can = cfg!(feature = "processes");
    can.then_some(()).ok_or_else(|| format!("ask for `bench processes --curve {count}`"))
}

/// The rows of all scenarios, in order.
pub fn rows() -> Vec<Row> {
    let list = |&(scenario, _, lister): &(&'static str, _, Lister)| {
        let mut rows = Rows { scenario, rows: Vec::new() };
        lister(&mut rows);
        rows.rows
    };
    ALL.iter().flat_map(list).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::rows::How;

    const RIVALS: [&str; 13] = [
        "apycsp",
        "async-channel",
        "crossbeam",
        "crossfire",
        "embassy-cs",
        "embassy-noop",
        "fi-local",
        "fi-shared",
        "flume",
        "futures-mpsc",
        "go",
        "kanal",
        "tokio-mpsc",
    ];

    /// Who reads a table must not have to guess why somebody is absent.
    #[test]
    fn each_rival_is_measured_everywhere_or_said_why_not() {
        let mut places = BTreeMap::<(&str, String), Vec<Row>>::new();
        for row in rows() {
            let place = (row.name.scenario, row.name.case.clone());
            places.entry(place).or_default().push(row);
        }
        for ((scenario, case), rows) in places {
            let said = |row: &Row, rival: &str| {
                let all = match &*row.name.rival {
                    "all rivals" => true,
                    "all Rust rivals" | "all other Rust rivals" => {
                        !matches!(rival, "go" | "apycsp")
                    }
                    _ => false,
                };
                row.name.rival.starts_with(rival) || all && matches!(row.how, How::Missing(_))
            };
            for rival in RIVALS {
                let listed = rows.iter().any(|row| said(row, rival));
                assert!(listed, "{scenario} {case}: nothing is said of {rival}");
            }
        }
    }
}
