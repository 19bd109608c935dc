//! Tables and JSON of what was measured.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::process::Command;

use crate::driver::is_ours;
use crate::rows::Name;
use crate::scenarios;

mod losses;
pub mod pages;
mod svg;
mod targets;

/// All that was measured of one row.
pub struct Figures {
    pub name: Name,
    rounds: BTreeMap<String, Vec<f64>>,
    /// Why it was not measured to the end.
    pub failure: Option<String>,
}

impl Figures {
    pub const fn new(name: Name) -> Self {
        Self { name, rounds: BTreeMap::new(), failure: None }
    }

    pub fn add(&mut self, round: &BTreeMap<String, f64>) {
        for (figure, &value) in round {
            self.rounds.entry(figure.clone()).or_default().push(value);
        }
    }

    fn spread(&self, figure: &str) -> Option<Spread> {
        self.rounds.get(figure).and_then(|values| Spread::of(values))
    }

    /// The figures beside the time, as `lost% 33.00`.
    fn more(&self) -> String {
        let others = self.rounds.keys().filter(|figure| *figure != "ns");
        let medians = others.filter_map(|figure| {
            self.spread(figure).map(|it| format!("{figure} {:.2}", it.median))
        });
        medians.collect::<Vec<_>>().join(", ")
    }

    fn is_positive(&self, figure: &str) -> bool {
        self.spread(figure).is_some_and(|it| it.max > 0.0)
    }

    fn is_at(&self, other: &Name) -> bool {
        self.name.scenario == other.scenario && self.name.case == other.case
    }
}

#[derive(Clone, Copy)]
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { median: f64::midpoint(low, high), min, max })
    }
}

/// Millions of blocked processes in one group: as many as aPyCSP's README tells of, and as are
/// aimed at.
pub const BLOCKED: [u64; 2] = [12, 50];

/// The point of the memory curve at so many millions.
fn blocked(millions: impl fmt::Display) -> Name {
    let case = format!("{millions}M inside");
    Name { scenario: "processes", case, rival: "local".into(), executor: "tokio-ct group".into() }
}

/// A run, with what is told of it beside its rows.
pub struct Run<'a> {
    pub figures: &'a [Figures],
    pub missing: &'a [(Name, String)],
    pub rounds: usize,
    pub millis: u64,
    /// Why other languages take no part, and the versions of those that do.
    pub problems: Vec<String>,
    pub languages: Vec<String>,
    /// Millions of blocked processes, and the gigabytes resident.
    pub curve: Vec<(f64, f64)>,
}

/// With as many digits as say something.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        it if it < 0.1 => 4,
        it if it < 10.0 => 2,
        it if it < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$}")
}

/// The executor of ours that a row is compared with.
fn counterpart(executor: &str) -> &str {
    match executor {
        "go-1" | "asyncio" => "tokio-ct",
        "go-2" => "tokio-2",
        other => other,
    }
}

/// What ours took, as a part of what `row` took.
fn ratio(ours: &str, row: &Figures, all: &[Figures]) -> Option<f64> {
    let executor = counterpart(&row.name.executor);
    let same = |it: &&Figures| {
        it.is_at(&row.name) && it.name.rival == ours && it.name.executor == executor
    };
    let ours = all.iter().find(same)?.spread("ns")?;
    Some(ours.median / row.spread("ns")?.median)
}

/// Scenarios and cases, those of one scenario together.
fn places<'a>(figures: &'a [Figures], missing: &'a [(Name, String)]) -> Vec<(&'a str, &'a str)> {
    let mut places: Vec<(&str, &str)> = Vec::new();
    let names = figures.iter().map(|row| &row.name).chain(missing.iter().map(|(name, _)| name));
    for name in names {
        let place = (name.scenario, name.case.as_str());
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.sort_by_key(|(scenario, _)| scenarios::ALL.iter().position(|it| it.0 == *scenario));
    places
}

/// By executor, then the fastest first.
fn sorted(mut rows: Vec<&Figures>) -> Vec<&Figures> {
    let key = |row: &Figures| row.spread("ns").map_or(f64::INFINITY, |it| it.median);
    rows.sort_by(|a, b| {
        let places = counterpart(&a.name.executor).cmp(counterpart(&b.name.executor));
        places.then(key(a).total_cmp(&key(b)))
    });
    rows
}

pub fn print(figures: &[Figures], missing: &[(Name, String)]) {
    for (scenario, case) in places(figures, missing) {
        let is_here = |name: &Name| name.scenario == scenario && name.case == case;
        let rows: Vec<&Figures> = figures.iter().filter(|row| is_here(&row.name)).collect();
        let what = scenarios::ALL.iter().find(|it| it.0 == scenario).map_or("", |it| it.1);
        println!("\n{scenario} {case}: {what}");
        table(&rows, figures);
        for (name, why) in missing.iter().filter(|(name, _)| is_here(name)) {
            println!("  {:<26} {:<11} not measured: {why}", name.rival, name.executor);
        }
    }
}

fn table(rows: &[&Figures], all: &[Figures]) {
    println!(
        "  {:<26} {:<11} {:>10} {:>21} {:>8} {:>8}",
        "", "", "median", "min-max", "local/it", "send/it"
    );
    for row in sorted(rows.to_vec()) {
        let Name { rival, executor, .. } = &row.name;
        if let Some(why) = &row.failure {
            println!("  {rival:<26} {executor:<11} FAILED: {why}");
            continue;
        }
        let Some(Spread { median, min, max }) = row.spread("ns") else { continue };
        let ratio = |ours: &str| {
            let ratio = if *rival == ours { None } else { ratio(ours, row, all) };
            ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"))
        };
        let mark = if is_ours(rival) { '*' } else { ' ' };
        println!(
            "{mark} {rival:<26} {executor:<11} {median:>10.1} {:>21} {:>8} {:>8}  {}",
            format!("{min:.1}-{max:.1}"),
            ratio("local"),
            ratio("send"),
            row.more()
        );
    }
}

/// The run as one document: where, with what, and every value measured.
pub fn json(figures: &[Figures], missing: &[(Name, String)], rounds: usize, millis: u64) -> String {
    let mut text = String::from("{\n");
    for (name, value) in [
        ("machine", machine()),
        ("compiler", said_by("rustc", &["--version"])),
        ("commit", said_by("git", &["rev-parse", "HEAD"])),
    ] {
        writeln!(text, "  {}: {},", quoted(name), quoted(&value)).expect("a string");
    }
    let versions: Vec<String> = versions()
        .iter()
        .map(|(name, version)| format!("{}: {}", quoted(name), quoted(version)))
        .collect();
    writeln!(text, "  \"versions\": {{{}}},", versions.join(", ")).expect("a string");
    writeln!(text, "  \"rounds\": {rounds}, \"millis\": {millis},").expect("a string");
    let rows: Vec<String> = figures.iter().map(row_json).collect();
    writeln!(text, "  \"rows\": [\n{}\n  ],", rows.join(",\n")).expect("a string");
    let missing: Vec<String> = missing
        .iter()
        .map(|(name, why)| format!("    {{{}, \"why\": {}}}", name_json(name), quoted(why)))
        .collect();
    writeln!(text, "  \"missing\": [\n{}\n  ]\n}}", missing.join(",\n")).expect("a string");
    text
}

fn row_json(row: &Figures) -> String {
    let name = name_json(&row.name);
    if let Some(why) = &row.failure {
        return format!("    {{{name}, \"failure\": {}}}", quoted(why));
    }
    let figures: Vec<String> = row
        .rounds
        .iter()
        .map(|(figure, values)| {
            let Spread { median, min, max } = Spread::of(values).expect("measured at least once");
            format!(
                "{}: {{\"median\": {median}, \"min\": {min}, \"max\": {max}, \"values\": {values:?}}}",
                quoted(figure)
            )
        })
        .collect();
    format!("    {{{name}, {}}}", figures.join(", "))
}

fn name_json(name: &Name) -> String {
    format!(
        "\"scenario\": {}, \"case\": {}, \"rival\": {}, \"executor\": {}",
        quoted(name.scenario),
        quoted(&name.case),
        quoted(&name.rival),
        quoted(&name.executor)
    )
}

/// The names here have nothing to escape but these.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " "))
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = gigabytes("MemTotal:").map_or_else(String::new, |it| format!(", {it:.1} GB"));
    format!("{}, {cores} cores{memory}", model.map_or("unknown", |(_, model)| model))
}

/// Of the machine's memory.
pub fn gigabytes(field: &str) -> Option<f64> {
    let memory = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = memory.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? * 1024.0 / 1e9)
}

fn said_by(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

const RIVALS: [&str; 12] = [
    "tokio",
    "async-executor",
    "async-std",
    "async-channel",
    "crossbeam-channel",
    "crossfire",
    "embassy-sync",
    "embassy-futures",
    "flume",
    "futures",
    "futures-intrusive",
    "kanal",
];

/// Of what is measured, from the lock file that this was built with. Where an executor brings an
/// older one of the same name, the newer one is measured, and stands last.
fn versions() -> BTreeMap<&'static str, &'static str> {
    const LOCK: &str = include_str!("../Cargo.lock");
    let field = |package: &'static str, name: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim_matches('"')
    };
    let packages = LOCK.split("[[package]]\n");
    let named = packages.map(|it| (field(it, "name = "), field(it, "version = ")));
    named.filter(|(name, _)| RIVALS.contains(name)).collect()
}
