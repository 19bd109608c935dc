//! What can be said at the prompt.

use std::collections::BTreeMap;
use std::str::FromStr;

use csp::{Chan, Kind};

use super::process::{Branch, Mode};

pub(super) enum Command {
    Nothing,
    Help,
    Quit,
    /// Without a kind, a promise.
    Chan(String, Option<Kind>),
    Put(String, String),
    Take(String),
    TryPut(String, String),
    TryTake(String),
    Alts(Vec<BranchName>, Mode),
    Close(String),
    Poison(String, u8),
    Pingpong(String),
    Show(Option<String>),
    Wait(Option<usize>),
}

/// A branch whose channel is known by its name only.
pub(super) enum BranchName {
    Take(String),
    Put(String, String),
    Timeout(u64),
}

impl BranchName {
    pub(super) fn resolve(self, chans: &BTreeMap<String, Chan<String>>) -> Result<Branch, String> {
        let find = |name: &str| {
            chans.get(name).cloned().ok_or_else(|| format!("no channel is called `{name}`"))
        };
        Ok(match self {
            Self::Take(name) => Branch::Take(find(&name)?, name),
            Self::Put(name, value) => Branch::Put(find(&name)?, name, value),
            Self::Timeout(millis) => Branch::Timeout(millis),
        })
    }
}

impl FromStr for Command {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((verb, rest)) = words.split_first() else { return Ok(Self::Nothing) };
        Ok(match (*verb, rest) {
            ("help", []) => Self::Help,
            ("quit" | "exit", []) => Self::Quit,
            ("chan", [name, "promise"]) => Self::Chan((*name).to_owned(), None),
            ("chan", [name, kind @ ..]) => Self::Chan((*name).to_owned(), Some(parse_kind(kind)?)),
            ("put", [name, value]) => Self::Put((*name).to_owned(), (*value).to_owned()),
            ("take", [name]) => Self::Take((*name).to_owned()),
            ("try-put", [name, value]) => Self::TryPut((*name).to_owned(), (*value).to_owned()),
            ("try-take", [name]) => Self::TryTake((*name).to_owned()),
            ("alts", branches @ [_, ..]) => {
                let (branches, mode) = parse_branches(branches)?;
                Self::Alts(branches, mode)
            }
            ("close", [name]) => Self::Close((*name).to_owned()),
            ("poison", [name]) => Self::Poison((*name).to_owned(), 1),
            ("poison", [name, strength]) => Self::Poison((*name).to_owned(), number(strength)?),
            ("pingpong", [name]) => Self::Pingpong((*name).to_owned()),
            ("show", []) => Self::Show(None),
            ("show", [name]) => Self::Show(Some((*name).to_owned())),
            ("wait", []) => Self::Wait(None),
            ("wait", [job]) => Self::Wait(Some(number(job)?)),
            _ => return Err(format!("`{}`? `help` lists what can be said", line.trim())),
        })
    }
}

fn parse_kind(words: &[&str]) -> Result<Kind, String> {
    let (name, size) = match words {
        [] | ["rendezvous"] => return Ok(Kind::Rendezvous),
        ["unbounded"] => return Ok(Kind::Unbounded),
        [name, size] => (*name, number(size)?),
        _ => return Err("a kind is a name and a size, as `fixed 3`".to_owned()),
    };
    if size == 0 && name != "fixed" {
        return Err("such a channel would lose every value".to_owned());
    }
    match name {
        "fixed" => Ok(Kind::Fixed(size)),
        "dropping" => Ok(Kind::Dropping(size)),
        "sliding" => Ok(Kind::Sliding(size)),
        "overwriting" => Ok(Kind::Overwriting(size)),
        _ => Err(format!("no kind is called `{name}`; `help` lists them")),
    }
}

fn parse_branches(words: &[&str]) -> Result<(Vec<BranchName>, Mode), String> {
    let mut branches = Vec::new();
    let mut mode = Mode::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match (*word, word.split_once('=')) {
            ("default", _) => mode.has_default = true,
            ("priority", _) => mode.has_priority = true,
            ("timeout", _) => {
                let millis = words.next().ok_or("after how many milliseconds?")?;
                branches.push(BranchName::Timeout(number(millis)?));
            }
            (_, Some((name, value))) => {
                branches.push(BranchName::Put(name.to_owned(), value.to_owned()));
            }
            (name, None) => branches.push(BranchName::Take(name.to_owned())),
        }
    }
    if branches.is_empty() && !mode.has_default {
        return Err("without a branch and a default, it could never end".to_owned());
    }
    Ok((branches, mode))
}

fn number<N: FromStr>(word: &str) -> Result<N, String> {
    word.parse().map_err(|_| format!("`{word}` is no number that would do here"))
}
