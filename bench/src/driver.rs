//! Runs the rows: each measurement in a process of its own, in a new random order each round.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use crate::clock::{self, Plan, calibrated};
use crate::foreign::Foreign;
use crate::report::{self, Figures, Run};
use crate::rows::{Count, How, Name, Row};
use crate::{Result, scenarios};

const HELP: &str = "\
bench [SCENARIO[/CASE]...] [--peers NAME,...] [--executor NAME,...] [--rounds N] [--millis N]
      [--json FILE] [--report FOLDER] [--quick] [--list]
bench processes --curve COUNT

Ours are always measured; --peers says against whom (a name's beginning; all, if not given).
--curve: the resident memory of so many blocked processes in one group, at each million.
--report: BENCHMARKS.md and its pictures, in that folder.
--quick: one short round, to see whether everything works.
";

/// No measurement takes this long; what does is stuck, and is said to be.
const STUCK: Duration = Duration::from_secs(120);

/// Gigabytes that must be free for as many processes as are aimed at.
const ROOM: f64 = 16.0;

struct Options {
    wanted: Vec<String>,
    peers: Vec<String>,
    executors: Vec<String>,
    rounds: usize,
    millis: u64,
    quick: bool,
    json: Option<PathBuf>,
    report: Option<PathBuf>,
}

pub fn main(allocated: Option<fn() -> usize>) -> ExitCode {
    if let Some(allocated) = allocated {
        clock::set_allocated(allocated);
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    let result = match args.first().map(String::as_str) {
        Some("--measure") => measure(&args[1..]),
        Some("--list") => list(),
        Some("--help" | "-h" | "help") => {
            print!("{HELP}");
            Ok(())
        }
        _ if args.iter().any(|arg| arg == "--curve") => match args.last().map(|it| it.parse()) {
            Some(Ok(count)) => scenarios::curve(count),
            _ => Err("--curve asks for a number of processes".to_owned()),
        },
        _ => options(&args).and_then(|options| drive(&options)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result {
    for row in scenarios::rows() {
        match row.how {
            How::Missing(why) => println!("{:<50} -- {why}", row.name.id()),
            _ => println!("{}", row.name.id()),
        }
    }
    Ok(())
}

fn options(args: &[String]) -> Result<Options> {
    let mut options = Options {
        wanted: Vec::new(),
        peers: Vec::new(),
        executors: Vec::new(),
        rounds: 5,
        millis: 80,
        quick: false,
        json: None,
        report: None,
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, joined) = arg.split_once('=').map_or((&**arg, None), |(a, b)| (a, Some(b)));
        let mut value = || {
            let value = joined.or_else(|| args.next().map(|it| &**it));
            value.map(str::to_owned).ok_or_else(|| format!("{name} asks for a value"))
        };
        let number = |text: String| text.parse().map_err(|_| format!("{name} {text}: no number"));
        let names = |text: String| text.split(',').map(str::to_owned).collect();
        match name {
            "--quick" => (options.quick, options.rounds, options.millis) = (true, 1, 8),
            "--peers" => options.peers = names(value()?),
            "--executor" => options.executors = names(value()?),
            "--rounds" => options.rounds = number(value()?)? as usize,
            "--millis" => options.millis = number(value()?)?,
            "--report" => options.report = Some(value()?.into()),
            "--json" => options.json = Some(value()?.into()),
            _ if name.starts_with('-') => {
                return Err(format!("`{name}` is not understood\n{HELP}"));
            }
            _ => options.wanted.push(name.to_owned()),
        }
    }
    Ok(options)
}

/// The process that measures: one row, one line.
fn measure(args: &[String]) -> Result {
    let [id, millis, quick] = args else { return Err("--measure ID MILLIS QUICK".to_owned()) };
    let row = scenarios::rows().into_iter().find(|row| row.name.id() == *id);
    let Some(Row { how: How::Here { clock, count, run }, .. }) = row else {
        return Err(format!("{id} is not measured here"));
    };
    let millis = millis.parse().map_err(|_| format!("{millis}: no number"))?;
    let measured = match count {
        Count::Calibrated => {
            calibrated(Duration::from_millis(millis), |count| run(Plan { count, clock }))
        }
        Count::Fixed(count) if quick == "quick" => run(Plan { count: count / 10, clock }),
        Count::Fixed(count) => run(Plan { count, clock }),
    };
    println!("{}", measured.line());
    Ok(())
}

fn drive(options: &Options) -> Result {
    let rows: Vec<Row> =
        scenarios::rows().into_iter().filter(|row| is_wanted(&row.name, options)).collect();
    if rows.is_empty() {
        return Err("no row is called so; --list shows them".to_owned());
    }
    let mut foreign = Foreign::default();
    let mut figures: Vec<Figures> = Vec::new();
    let mut missing: Vec<(Name, String)> = Vec::new();
    let mut measured = Vec::new();
    for row in rows {
        let can = match &row.how {
            How::Missing(why) => Err(why.clone()),
            How::Here { .. } => Ok(()),
            How::Go { .. } => foreign.go().map(drop),
            How::Apycsp => foreign.apycsp().map(drop),
        };
        match can {
            Ok(()) => {
                figures.push(Figures::new(row.name.clone()));
                measured.push(row);
            }
            Err(why) => missing.push((row.name, why)),
        }
    }
    for problem in foreign.problems() {
        println!("SKIPPED: {problem}");
    }
    println!("{} rows, {} rounds of {} ms each", measured.len(), options.rounds, options.millis);

    for round in 1..=options.rounds {
        let mut order: Vec<usize> = (0..measured.len()).collect();
        fastrand::shuffle(&mut order);
        for (done, at) in order.into_iter().enumerate() {
            if figures[at].failure.is_some() {
                continue;
            }
            let name = measured[at].name.id();
            progress(&format!("round {round}, {done}/{}: {name}", measured.len()));
            match run(&measured[at], options, &mut foreign) {
                Ok(line) => figures[at].add(&line),
                Err(error) => figures[at].failure = Some(error),
            }
        }
    }
    progress("");
    report::print(&figures, &missing);
    if let Some(file) = &options.json {
        let text = report::json(&figures, &missing, options.rounds, options.millis);
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if let Some(folder) = &options.report {
        let run = Run {
            figures: &figures,
            missing: &missing,
            rounds: options.rounds,
            millis: options.millis,
            problems: foreign.problems().cloned().collect(),
            languages: foreign.versions(),
            curve: memory_curve(options, &figures)?,
        };
        report::pages::write(folder, &run)?;
    }
    Ok(())
}

/// Where processes are measured: the memory of so many as aPyCSP's README tells of, and of more
/// where there is room for them.
fn memory_curve(options: &Options, figures: &[Figures]) -> Result<Vec<(f64, f64)>> {
    if !figures.iter().any(|row| row.name.scenario == "processes") {
        return Ok(Vec::new());
    }
    let [told_of, aimed_at] = report::BLOCKED;
    let roomy = report::gigabytes("MemAvailable:").is_some_and(|it| it >= ROOM);
    let millions = match (options.quick, roomy) {
        (true, _) => 2,
        (false, true) => aimed_at,
        (false, false) => told_of,
    };
    let count = (millions * 1_000_000).to_string();
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(this);
    command.args(["processes", "--curve", &count]);
    let point = |line: &str| {
        let mut words = line.split_whitespace();
        let (processes, _) = (words.next()?.parse::<f64>().ok()?, words.next());
        Some((processes / 1e6, words.next()?.parse().ok()?))
    };
    // Of those beyond, each tenth says enough.
    let told = |&(millions, _): &(f64, f64)| millions <= told_of as f64 || millions % 10.0 == 0.0;
    Ok(output(command)?.lines().filter_map(point).filter(told).collect())
}

fn is_wanted(name: &Name, options: &Options) -> bool {
    let place = format!("{}/{}/", name.scenario, name.case);
    let among = |list: &[String], name: &str| {
        list.is_empty() || list.iter().any(|it| name.starts_with(it.as_str()))
    };
    let scenario = options.wanted.is_empty()
        || options.wanted.iter().any(|it| place.starts_with(&format!("{it}/")));
    let rival = is_ours(&name.rival) || among(&options.peers, &name.rival);
    let executor = name.executor.is_empty() || among(&options.executors, &name.executor);
    scenario && rival && executor
}

pub fn is_ours(rival: &str) -> bool {
    let chan = rival.split('+').next().unwrap_or_default();
    matches!(chan, "local" | "send" | "static-local" | "static-send")
}

/// One line that overwrites itself; who reads a file wants none.
fn progress(line: &str) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() {
        // A progress line that cannot be shown is no reason to stop.
        let _shown = write!(terminal, "\r{line:<100}").and_then(|()| terminal.flush());
    }
}

fn run(row: &Row, options: &Options, foreign: &mut Foreign) -> Result<BTreeMap<String, f64>> {
    let name = &row.name;
    let millis = options.millis.to_string();
    let quick = if options.quick { "quick" } else { "full" };
    let command = match &row.how {
        How::Missing(why) => return Err(why.clone()),
        How::Here { .. } => {
            let this = std::env::current_exe().map_err(|error| error.to_string())?;
            let mut command = Command::new(this);
            command.args(["--measure", &name.id(), &millis, quick]);
            command
        }
        How::Go { processors } => {
            let mut command = Command::new(foreign.go()?);
            command.args([name.scenario, &name.case, &millis, quick]);
            command.env("GOMAXPROCS", processors.to_string());
            command
        }
        How::Apycsp => {
            let mut command = foreign.apycsp()?;
            command.args([name.scenario, &name.case, &millis, quick]);
            command
        }
    };
    let mut figures = parse(&output(command)?)?;
    if let (How::Here { .. }, "processes") = (&row.how, name.scenario) {
        figures.extend(heap(name, &millis, quick)?);
    }
    Ok(figures)
}

/// The bytes that were allocated, from the program whose allocator counts them: it would make this
/// one slower.
fn heap(name: &Name, millis: &str, quick: &str) -> Result<Option<(String, f64)>> {
    let Some(counted) = std::env::var_os("CSP_BENCH_COUNTED") else { return Ok(None) };
    let mut command = Command::new(counted);
    command.args(["--measure", &name.id(), millis, quick]);
    Ok(parse(&output(command)?)?.remove_entry("heap"))
}

/// What the command printed; the error if it failed or is stuck.
fn output(mut command: Command) -> Result<String> {
    let failed = |error: std::io::Error| error.to_string();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed)?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if start.elapsed() > STUCK {
            child.kill().map_err(failed)?;
            child.wait().map_err(failed)?;
            return Err(format!("stuck: no figure after {} s", STUCK.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (mut printed, mut complaint) = (String::new(), String::new());
    child.stdout.take().expect("piped").read_to_string(&mut printed).map_err(failed)?;
    child.stderr.take().expect("piped").read_to_string(&mut complaint).map_err(failed)?;
    if status.success() {
        Ok(printed)
    } else {
        let line = complaint.lines().rev().find(|it| !it.trim().is_empty()).unwrap_or_default();
        Err(format!("{status}: {line}"))
    }
}

/// From a line such as `ns=12.3 lost%=0`.
fn parse(printed: &str) -> Result<BTreeMap<String, f64>> {
    let wrong = || format!("printed no figures: {printed:?}");
    let line = printed.lines().find(|line| line.starts_with("ns=")).ok_or_else(wrong)?;
    let pairs = line.split_whitespace().map(|pair| {
        let (name, figure) = pair.split_once('=').ok_or_else(wrong)?;
        Ok((name.to_owned(), figure.parse().map_err(|_| wrong())?))
    });
    pairs.collect()
}
