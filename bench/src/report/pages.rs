//! `--report FOLDER`: BENCHMARKS.md with its pictures, made from a run and from nothing else.

use std::fmt::Write as _;
use std::path::Path;

use super::svg::{self, Bar, Curve};
use super::{Figures, Run, Spread, losses, machine, places, ratio, said_by, targets, versions};
use crate::driver::is_ours;
use crate::rows::Name;
use crate::{Result, scenarios};

/// What the pictures show: one thread, which all rivals share.
const SHOWN: [&str; 4] = ["tokio-ct", "tokio-ct group", "go-1", "asyncio"];

/// Where the pictures are, from the page.
const PICTURES: &str = "docs/benchmarks";

pub fn write(folder: &Path, run: &Run<'_>) -> Result {
    let &Run { figures, missing, .. } = run;
    let pictures = folder.join(PICTURES);
    std::fs::create_dir_all(&pictures)
        .map_err(|error| format!("{}: {error}", pictures.display()))?;
    let save = |file: &Path, text: &str| {
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
    };

    let mut page = head(run);
    for (title, text) in [
        ("Targets", targets::table(run)),
        ("Where we lose", losses::section(figures)),
        ("Who loses values in a choice", losses::lost_values(figures)),
    ] {
        writeln!(page, "\n## {title}\n\n{}", text.trim_end()).expect("a string");
    }
    if run.curve.len() > 1 {
        let title = "Blocked processes in one group";
        let points = run.curve.clone();
        let curve = Curve { label: "local, tokio-ct group".to_owned(), points, ours: true };
        let picture = svg::curves(title, "millions of processes; GB resident", &[curve]);
        save(&pictures.join("memory.svg"), &picture)?;
        writeln!(page, "\n## {title}\n\n![{title}]({PICTURES}/memory.svg)\n").expect("a string");
        page.push_str("| millions | GB | bytes each |\n|---:|---:|---:|\n");
        for (millions, gigabytes) in &run.curve {
            let each = 1000.0 * gigabytes / millions;
            writeln!(page, "| {millions} | {gigabytes:.3} | {each:.1} |").expect("a string");
        }
    }
    for (scenario, case) in places(figures, missing) {
        let is_here = |name: &Name| name.scenario == scenario && name.case == case;
        let rows: Vec<&Figures> = figures.iter().filter(|row| is_here(&row.name)).collect();
        let title = format!("{scenario} {case}");
        let title = title.trim_end();
        let unit = scenarios::ALL.iter().find(|it| it.0 == scenario).map_or("", |it| it.1);
        writeln!(page, "\n## {title}\n\n{unit}\n").expect("a string takes everything");
        for (figure, unit) in [("ns", "ns"), ("bytes", "bytes")] {
            let bars = bars(&rows, figure);
            if bars.len() > 1 {
                let file = format!("{}-{figure}.svg", title.replace([' ', '/'], "-"));
                let picture = svg::bars(&format!("{title}, {unit}"), unit, bars);
                save(&pictures.join(&file), &picture)?;
                writeln!(page, "![{title}, {unit}]({PICTURES}/{file})\n").expect("a string");
            }
        }
        table(&mut page, &rows, figures);
        for (name, why) in missing.iter().filter(|(name, _)| is_here(name)) {
            writeln!(page, "\nNot measured: {}: {why}.", name.rival).expect("a string");
        }
    }
    let curves = choice_curves(figures);
    if curves.iter().any(|curve| curve.points.len() > 1) {
        let title = "Choice over N channels, values arriving round-robin";
        let picture = svg::curves(title, "channels; ns per value chosen", &curves);
        save(&pictures.join("choice.svg"), &picture)?;
        writeln!(page, "\n## Choice over N\n\n![{title}]({PICTURES}/choice.svg)")
            .expect("a string");
    }
    save(&folder.join("BENCHMARKS.md"), &page)
}

fn head(run: &Run<'_>) -> String {
    let Run { rounds, millis, .. } = run;
    let changed =
        if said_by("git", &["diff", "HEAD", "--stat"]).is_empty() { "" } else { ", changed" };
    let mut skipped = String::new();
    for problem in &run.problems {
        writeln!(skipped, "\n**Took no part:** {problem}.").expect("a string takes everything");
    }
    let versions = versions().into_iter().map(|(name, version)| format!("{name} {version}"));
    let versions: Vec<String> = versions.chain(run.languages.iter().cloned()).collect();
    format!(
        "# Benchmarks\n\nMade by `cargo xtask bench --report`, {rounds} interleaved rounds of \
         {millis} ms each; medians. `local/it` and `send/it` are what ours took as a part of what \
         the row took: below 1 ours is faster.\n\n\
         * date: {}\n* machine: {}\n* compiler: {}\n* commit: {}{changed}\n* rivals: {}\n{skipped}",
        said_by("date", &["-u", "+%Y-%m-%d"]),
        machine(),
        said_by("rustc", &["--version"]),
        said_by("git", &["rev-parse", "HEAD"]),
        versions.join(", ")
    )
}

fn bars(rows: &[&Figures], figure: &str) -> Vec<Bar> {
    let shown = rows.iter().filter(|row| SHOWN.contains(&row.name.executor.as_str()));
    let bar = |row: &&Figures| {
        let value = row.spread(figure)?.median;
        let place = match row.name.executor.as_str() {
            "tokio-ct" => "",
            "tokio-ct group" => ", one task",
            "go-1" => " on one processor",
            _ => ", Python",
        };
        let label = format!("{}{place}", row.name.rival);
        Some(Bar { label, value, ours: is_ours(&row.name.rival) })
    };
    shown.filter_map(bar).collect()
}

fn table(page: &mut String, rows: &[&Figures], all: &[Figures]) {
    page.push_str("| rival | executor | median | min | max | local/it | send/it | |\n");
    page.push_str("|---|---|---:|---:|---:|---:|---:|---|\n");
    for row in super::sorted(rows.to_vec()) {
        let Name { rival, executor, .. } = &row.name;
        if let Some(why) = &row.failure {
            writeln!(page, "| {rival} | {executor} | | | | | | failed: {why} |").expect("a string");
            continue;
        }
        let Some(Spread { median, min, max }) = row.spread("ns") else { continue };
        let ratio = |ours: &str| {
            let ratio = if rival == ours { None } else { ratio(ours, row, all) };
            ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
        };
        let name = if is_ours(rival) { format!("**{rival}**") } else { rival.clone() };
        writeln!(
            page,
            "| {name} | {executor} | {median:.1} | {min:.1} | {max:.1} | {} | {} | {} |",
            ratio("local"),
            ratio("send"),
            row.more()
        )
        .expect("a string takes everything");
    }
}

fn choice_curves(figures: &[Figures]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for row in figures.iter().filter(|row| row.name.scenario == "choice") {
        let Some(("rr", size)) = row.name.case.split_once('/') else { continue };
        let (Ok(size), Some(spread)) = (size.parse(), row.spread("ns")) else { continue };
        if !SHOWN.contains(&row.name.executor.as_str()) {
            continue;
        }
        let label = &row.name.rival;
        let at = curves.iter().position(|curve| curve.label == *label).unwrap_or_else(|| {
            let (label, points, ours) = (label.clone(), Vec::new(), is_ours(label));
            curves.push(Curve { label, points, ours });
            curves.len() - 1
        });
        curves[at].points.push((size, spread.median));
    }
    for curve in &mut curves {
        curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    curves
}
