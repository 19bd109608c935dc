//! The targets that csp has set itself, and what a run says of each.
//!
//! The bounds are the only numbers here that are no measurement.

use std::fmt::Write as _;

use super::{BLOCKED, Figures, Run, blocked, number};
use crate::rows::Name;

/// One figure of ours, as a part of a rival's or by itself.
struct Target {
    what: &'static str,
    ours: Quantity,
    /// None: the figure itself is bounded, not a ratio.
    rival: Option<Quantity>,
    must: Option<f64>,
    aim: Option<f64>,
}

/// A median, of the worst or the best of several rows, perhaps less what another row takes.
struct Quantity {
    rows: Vec<String>,
    figure: &'static str,
    less: Option<String>,
}

impl Quantity {
    fn of(row: &str) -> Self {
        Self { rows: vec![row.to_owned()], figure: "ns", less: None }
    }

    fn more_than(row: &str, less: &str) -> Self {
        Self { less: Some(less.to_owned()), ..Self::of(row) }
    }

    fn figure(self, figure: &'static str) -> Self {
        Self { figure, ..self }
    }

    /// The values of those of its rows that were measured, with the row.
    fn values<'a>(&'a self, figures: &[&Figures]) -> Vec<(&'a str, f64)> {
        let median = |row: &str| {
            let row = figures.iter().find(|it| it.failure.is_none() && it.name.id() == row)?;
            Some(row.spread(self.figure)?.median)
        };
        let less = match &self.less {
            None => Some(0.0),
            Some(row) => median(row),
        };
        let value = |row: &'a String| Some((row.as_str(), median(row)? - less?));
        self.rows.iter().filter_map(value).collect()
    }

    fn unit(&self) -> &'static str {
        match self.figure {
            "ns" => " ns",
            "lost%" => " %",
            "bytes" => " bytes",
            "GB" => " GB",
            _ => "",
        }
    }
}

fn ratio(what: &'static str, ours: &str, rivals: &[&str], must: f64, aim: f64) -> Target {
    let rival = Quantity { rows: rivals.iter().map(|&it| it.into()).collect(), ..Quantity::of("") };
    let some = |bound: f64| bound.is_finite().then_some(bound);
    Target { what, ours: Quantity::of(ours), rival: Some(rival), must: some(must), aim: some(aim) }
}

fn bound(what: &'static str, ours: Quantity, must: f64) -> Target {
    Target { what, ours, rival: None, must: Some(must), aim: None }
}

/// What no target bounds, beside one that is.
fn shown(what: &'static str, ours: Quantity) -> Target {
    Target { what, ours, rival: None, must: None, aim: None }
}

/// No such bound.
const NONE: f64 = f64::INFINITY;

fn all() -> Vec<Target> {
    let mut all = Vec::new();
    switches(&mut all);
    streams(&mut all);
    choices(&mut all);
    processes(&mut all);
    timeouts(&mut all);
    all
}

fn switches(all: &mut Vec<Target>) {
    let what = "commstime and ping-pong, tokio current-thread";
    for at in ["commstime/sequential", "commstime/parallel", "pingpong/"] {
        let row = |row: &str| format!("{at}/{row}");
        let (local, send) = (row("local/tokio-ct"), row("send/tokio-ct"));
        let (kanal, go) = (row("kanal/tokio-ct"), row("go/go-1"));
        all.push(ratio(what, &local, &[&kanal], 0.55, 0.50));
        all.push(ratio(what, &local, &[&go], 0.28, 0.25));
        all.push(ratio(what, &send, &[&kanal], 0.90, 0.78));
        all.push(ratio(what, &send, &[&go], 0.45, 0.38));
    }
    let what = "commstime in one task, any outer executor";
    for executor in ["tokio-ct queued", "tokio-ct group", "smol-local group", "bare group"] {
        let local = format!("commstime/sequential/local/{executor}");
        all.push(ratio(what, &local, &["commstime/sequential/kanal/tokio-ct"], 0.45, 0.25));
        all.push(ratio(what, &local, &["commstime/sequential/go/go-1"], 0.22, 0.13));
    }
    let row = |row: &str| format!("commstime/sequential/{row}");
    let (local, send) = (row("local/smol-local"), row("send/tokio-2"));
    all.push(ratio("commstime, smol", &local, &[&row("kanal/smol-local")], 0.78, 0.72));
    let rendezvous = ["kanal/tokio-2", "flume/tokio-2", "fi-shared/tokio-2"].map(row);
    let what = "commstime, tokio with 2 workers, against the best rendezvous";
    all.push(ratio(what, &send, &rendezvous.each_ref().map(String::as_str), 0.90, 0.80));
    all.push(ratio("commstime, tokio with 2 workers", &send, &[&row("go/go-2")], 0.85, 0.75));
    for ours in ["local/tokio-ct", "send/tokio-ct"] {
        let apycsp = row("apycsp/asyncio");
        all.push(ratio("commstime, aPyCSP", &row(ours), &[&apycsp], 1.0 / 60.0, 1.0 / 85.0));
    }
    for ours in ["local", "send"] {
        let row = |rival: &str| format!("dispatch/8 workers/{rival}/tokio-ct");
        let wakes = Quantity::of(&row(ours)).figure("wakes");
        all.push(bound("one dispatcher, 8 idle workers: wakes a job", wakes, 1.0));
        let what = "one dispatcher, 8 idle workers";
        all.push(ratio(what, &row(ours), &[&row("kanal")], 1.0, NONE));
    }
}

fn streams(all: &mut Vec<Target>) {
    let row = |case: &str, row: &str| format!("stream/{case}/{row}");
    let what = "stream, capacity 0, one thread";
    let kanal = row("0", "kanal/tokio-ct");
    all.push(ratio(what, &row("0", "local/tokio-ct"), &[&kanal], 1.0, 0.93));
    all.push(ratio(what, &row("0", "send/tokio-ct"), &[&kanal], 1.3, 1.2));
    for case in ["128", "1024"] {
        let what = "stream, buffered, one thread";
        let row = |it: &str| row(case, it);
        let embassy = row("embassy-noop/tokio-ct");
        all.push(ratio(what, &row("local/tokio-ct"), &[&embassy], 1.5, 1.0));
        all.push(ratio(what, &row("send/tokio-ct"), &[&row("kanal/tokio-ct")], 1.0, 0.75));
    }
    for executor in ["threads", "tokio-2"] {
        let row = |rival: &str| row("1024", &format!("{rival}/{executor}"));
        let what = "stream, 1,024, two threads";
        all.push(ratio(what, &row("send"), &[&row("crossfire-spsc")], 1.5, 1.1));
    }
    for (what, case) in [("4 to 4", "4x4"), ("8 to 1", "8x1")] {
        let row = |row: &str| format!("many/{case}/{row}");
        all.push(ratio(what, &row("send/tokio-2"), &[&row("kanal/tokio-2")], 1.5, 1.1));
        all.push(ratio(what, &row("send/tokio-2"), &[&row("go/go-2")], 0.75, NONE));
    }
}

fn choices(all: &mut Vec<Target>) {
    let row = |size: usize, rival: &str| format!("choice/rr/{size}/{rival}/tokio-ct");
    let go = |size: usize| format!("choice/rr/{size}/go/go-1");
    let what = "choice that must block, over 2";
    let (local, send) = (row(2, "local"), row(2, "send"));
    all.push(ratio(what, &local, &[&row(2, "fi-local+select_array")], 0.6, 0.45));
    all.push(ratio(what, &local, &[&go(2)], 0.5, NONE));
    all.push(ratio(what, &send, &[&row(2, "fi-shared+select_array")], 0.85, 0.6));
    all.push(ratio(what, &send, &[&go(2)], 1.0, NONE));
    let what = "choice that must block, over 64";
    let select = row(64, "tokio-mpsc(1)+tokio::select!");
    for (ours, select_must, go_must) in [("local", 0.15, 0.10), ("send", 0.35, 0.22)] {
        all.push(ratio(what, &row(64, ours), &[&select], select_must, NONE));
        all.push(ratio(what, &row(64, ours), &[&go(64)], go_must, NONE));
    }
    for ours in ["local+csp-alternative", "send+csp-alternative"] {
        let what = "`Alternative`, against the merged stream (no choice)";
        all.push(ratio(what, &row(64, ours), &[&row(64, "kanal+merged")], 1.0, NONE));
        let what = "`Alternative` over 64";
        all.push(ratio(what, &row(64, ours), &[&select], NONE, 0.06));
        all.push(ratio(what, &row(64, ours), &[&go(64)], NONE, 0.04));
        let what = "`Alternative` over 1,024, against itself over 2";
        all.push(ratio(what, &row(1024, ours), &[&row(2, ours)], 2.5, NONE));
    }
    let ours = ["local", "send", "local+slice", "send+slice"];
    let alternatives = ["local+csp-alternative", "send+csp-alternative"];
    for size in [2, 8, 64, 1024] {
        let rows = ours.iter().chain(&alternatives).map(|it| row(size, it)).collect::<Vec<_>>();
        for (what, figure) in [
            ("values lost, worst of all choices of ours", "lost%"),
            ("puts completed without their taker, worst of all", "ahead"),
        ] {
            let ours = Quantity { rows: rows.clone(), figure, less: None };
            all.push(bound(what, ours, 0.0));
        }
    }
    let tokio = |row: &str| format!("{row}/tokio-ct");
    let mut with_puts = ours.map(|it| tokio(&format!("choice/exchange/{it}"))).to_vec();
    with_puts.push("choice/exchange/send/tokio-2".to_owned());
    for size in [2, 10] {
        let both = ["local", "send"].map(|it| tokio(&format!("prodcons/altalt/{size}/{it}")));
        with_puts.extend(both);
    }
    for (what, figure) in [
        ("values lost, puts as branches too, worst of all", "lost%"),
        ("puts completed without their taker, puts as branches too, worst of all", "ahead"),
    ] {
        all.push(bound(what, Quantity { rows: with_puts.clone(), figure, less: None }, 0.0));
    }
    for size in [2, 8, 64] {
        let rows = ["local+tokio::select!", "send+tokio::select!"].map(|it| row(size, it)).to_vec();
        let what = "values lost, takes of ours under `tokio::select!`";
        all.push(bound(what, Quantity { rows, figure: "lost%", less: None }, 0.0));
    }
}

fn processes(all: &mut Vec<Target>) {
    let row = |row: &str| format!("processes/1M/{row}");
    for (ours, must) in [
        ("local/tokio-ct", 480.0),
        ("send/tokio-ct", 480.0),
        ("local/smol-local", 300.0),
        ("send/smol-local", 300.0),
    ] {
        let bytes = Quantity::of(&row(ours)).figure("bytes");
        all.push(bound("blocked process", bytes, must));
    }
    for ours in ["local/tokio-ct group", "send/tokio-ct group"] {
        let bytes = Quantity::of(&format!("processes/1M inside/{ours}")).figure("bytes");
        let inside = bound("blocked process of a group, its channel inside", bytes, 220.0);
        all.push(Target { aim: Some(160.0), ..inside });
        let bytes = Quantity::of(&row(ours)).figure("bytes");
        all.push(shown(
            "blocked process of a group, its channel outside, with ends to close",
            bytes,
        ));
    }
    let [all_blocked, aimed_at] = BLOCKED.map(|it| Quantity::of(&blocked(it).id()).figure("GB"));
    all.push(bound("12 million blocked processes of a group", all_blocked, 4.0));
    let what = "50 million blocked processes of a group, where 16 GB are free";
    all.push(Target { must: None, aim: Some(24.0), ..shown(what, aimed_at) });
    let what = "create, wake and end a process";
    let go = row("go/go-1");
    for ours in ["local/tokio-ct", "send/tokio-ct"] {
        all.push(ratio(what, &row(ours), &[&row("kanal/tokio-ct")], 1.0, NONE));
        all.push(ratio(what, &row(ours), &[&go], 0.20, NONE));
    }
    for ours in ["static-local/tokio-ct group", "local/tokio-ct group", "send/tokio-ct group"] {
        all.push(ratio(what, &row(ours), &[&go], 0.07, 0.055));
    }
}

fn timeouts(all: &mut Vec<Target>) {
    for (executor, with, without) in [
        ("tokio-ct", "tokio-mpsc+timeout", "tokio-mpsc"),
        ("smol-local", "async-channel+timer", "async-channel"),
    ] {
        let row = |case: &str, rival: &str| format!("timeout/{case}/{rival}/{executor}");
        let above_plain = |with: &str, without: &str| {
            Quantity::more_than(&row("waiting", with), &row("plain", without))
        };
        for ours in ["local", "send"] {
            all.push(Target {
                what: "cost of a timeout that does not fire",
                ours: above_plain(ours, ours),
                rival: Some(above_plain(with, without)),
                must: Some(1.10),
                aim: Some(0.35),
            });
            for (what, with) in [
                ("cost of a timeout where a value is ready", ours),
                ("cost of an idle timeout where a value is ready", &format!("{ours}+idle")),
            ] {
                let ready = Quantity::more_than(&row("ready", with), &row("ready-plain", ours));
                all.push(bound(what, ready, 5.0));
            }
        }
    }
}

/// What a run says of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Met,
    Missed,
    /// There is no bound: it stands beside one that has.
    Shown,
    Unknown,
}

/// The points of the memory curve as rows.
fn curve(points: &[(f64, f64)]) -> Vec<Figures> {
    let row = |&(millions, gigabytes): &(f64, f64)| {
        let mut row = Figures::new(blocked(millions));
        row.add(&[("GB".to_owned(), gigabytes)].into());
        row
    };
    points.iter().map(row).collect()
}

/// The table, and how many were met, missed and not measured.
pub fn table(run: &Run<'_>) -> String {
    let curve = curve(&run.curve);
    let figures: Vec<&Figures> = run.figures.iter().chain(&curve).collect();
    let mut page = String::from(
        "| target | ours | | against | | ratio | must | aim | |\n\
         |---|---|---:|---|---:|---:|---:|---:|---|\n",
    );
    let (mut met, mut missed, mut unknown) = (0, 0, 0);
    for target in all() {
        let (line, verdict) = target.line(&figures, run.missing);
        page.push_str(&line);
        match verdict {
            Verdict::Met => met += 1,
            Verdict::Missed => missed += 1,
            Verdict::Unknown => unknown += 1,
            Verdict::Shown => {}
        }
    }
    format!("{met} met, {missed} missed, {unknown} not measured.\n\n{page}")
}

impl Target {
    /// Its line, and whether it was met, if it was measured.
    fn line(&self, figures: &[&Figures], missing: &[(Name, String)]) -> (String, Verdict) {
        let ours = self.ours.values(figures);
        // Of ours the worst counts, and all must be there; of theirs the best.
        let worst = ours.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let worst = worst.filter(|_| ours.len() == self.ours.rows.len());
        let best = self.rival.as_ref().map(|rival| {
            let values = rival.values(figures);
            values.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
        });
        let measured = match (worst, best) {
            (Some((_, ours)), None) => Some(ours),
            (Some((_, ours)), Some(Some((_, theirs)))) => Some(ours / theirs),
            _ => None,
        };
        let side = |quantity: &Quantity, value: Option<(&str, f64)>| {
            let row = value.map_or(quantity.rows[0].as_str(), |it| it.0);
            let value = value.map(|it| format!("{}{}", number(it.1), quantity.unit()));
            let more = if quantity.less.is_some() { ", above plain" } else { "" };
            format!("{}{more} | {}", named(row), value.unwrap_or_default())
        };
        let rival = self.rival.as_ref().zip(best);
        let rival = rival.map_or_else(|| " | ".to_owned(), |(it, best)| side(it, best));
        let ratio = measured.filter(|_| self.rival.is_some());
        let cell = |value: Option<f64>| value.map_or_else(String::new, |it| format!("{it:.3}"));
        let bound =
            |value: Option<f64>| value.map_or_else(String::new, |it| format!("≤ {}", number(it)));
        let aim = measured.is_some_and(|it| self.aim.is_some_and(|aim| it <= aim));
        let verdict = match (measured, self.must.or(self.aim)) {
            (None, _) => Verdict::Unknown,
            (Some(_), None) => Verdict::Shown,
            (Some(it), Some(bound)) if it <= bound => Verdict::Met,
            (Some(_), Some(_)) => Verdict::Missed,
        };
        let said = match verdict {
            Verdict::Met if aim => "met, aim too".to_owned(),
            Verdict::Met => "met".to_owned(),
            Verdict::Missed if self.must.is_none() => "aim **missed**".to_owned(),
            Verdict::Missed => "**missed**".to_owned(),
            Verdict::Shown => "no bound".to_owned(),
            Verdict::Unknown => format!("not measured{}", self.reason(missing)),
        };
        let mut line = String::new();
        writeln!(
            line,
            "| {} | {} | {rival} | {} | {} | {} | {said} |",
            self.what,
            side(&self.ours, worst),
            cell(ratio),
            bound(self.must),
            bound(self.aim)
        )
        .expect("a string takes everything");
        (line, verdict)
    }

    fn reason(&self, missing: &[(Name, String)]) -> String {
        let rows = self.rival.iter().chain([&self.ours]).flat_map(|it| &it.rows);
        let reason = |row: &String| missing.iter().find(|(name, _)| name.id() == *row);
        rows.filter_map(reason).map(|(_, why)| format!(": {why}")).next().unwrap_or_default()
    }
}

/// `scenario/case/rival/executor` in words.
fn named(row: &str) -> String {
    let (rest, executor) = row.rsplit_once('/').unwrap_or((row, ""));
    let (place, rival) = rest.rsplit_once('/').unwrap_or((rest, ""));
    format!("{}: {rival}, {executor}", place.replacen('/', " ", 1).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::How;
    use crate::scenarios;

    /// A target whose row has another name would stand there as not measured for ever.
    #[test]
    fn every_row_that_a_target_names_is_listed() {
        let rows: Vec<String> = scenarios::rows()
            .iter()
            .filter(|row| !matches!(row.how, How::Missing(_)))
            .map(|row| row.name.id())
            .chain(BLOCKED.map(|it| blocked(it).id()))
            .collect();
        for target in all() {
            for quantity in [&target.ours].into_iter().chain(&target.rival) {
                for row in quantity.rows.iter().chain(&quantity.less) {
                    assert!(rows.contains(row), "{}: {row}", target.what);
                }
            }
        }
    }

    #[test]
    fn a_ratio_above_its_bound_is_missed() {
        let figures = |nanos: f64, row: &str| {
            let name = Name {
                scenario: "commstime",
                case: "sequential".to_owned(),
                rival: row.to_owned(),
                executor: "tokio-ct".to_owned(),
            };
            let mut figures = Figures::new(name);
            figures.add(&[("ns".to_owned(), nanos)].into());
            figures
        };
        let at = |ours: f64| {
            let row = |rival: &str| format!("commstime/sequential/{rival}/tokio-ct");
            let target = ratio("", &row("local"), &[&row("flume"), &row("kanal")], 0.55, 0.5);
            let run = [figures(ours, "local"), figures(100.0, "kanal"), figures(900.0, "flume")];
            target.line(&run.each_ref(), &[]).1
        };
        assert_eq!(
            (at(55.0), at(56.0), at(500.0)),
            (Verdict::Met, Verdict::Missed, Verdict::Missed)
        );
        let missing = ratio("", "a/b/c/d", &["a/b/e/d"], 1.0, NONE);
        assert_eq!(missing.line(&[], &[]).1, Verdict::Unknown);
    }

    #[test]
    fn the_memory_curve_says_whether_so_many_processes_fit() {
        let [told_of, aimed_at] = BLOCKED.map(|it| Quantity::of(&blocked(it).id()).figure("GB"));
        let points = curve(&[(11.0, 3.9), (12.0, 4.1)]);
        let points: Vec<&Figures> = points.iter().collect();
        assert_eq!(bound("", told_of, 4.0).line(&points, &[]).1, Verdict::Missed);
        assert_eq!(shown("", aimed_at).line(&points, &[]).1, Verdict::Unknown);
        let eleven = Quantity::of(&blocked(11).id()).figure("GB");
        assert_eq!(shown("", eleven).line(&points, &[]).1, Verdict::Shown);
    }
}
