//! Random networks on every runtime, cancelled at random, for as long as one likes:
//! `csp-soak [--seconds N] [--runtime NAME] [--seed S] [--rounds N] [--hang SECONDS]`.
//!
//! *Model.* A *round* is a network made from a seed, run to its end. Then each value has to be
//! accounted for (`ledger`), nothing may be left in a channel, and no waker may live. Memory has to
//! be flat: what is allocated after a round returns, again and again, to what it was.
//!
//! A round that does not go on is noticed by a watchdog. A failure names the seed of its round.
//! The same seed makes the same network, whose processes try the same things in the same order as
//! far as each of them sees the same; in which order they run is the runtime's.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "what was counted is what the program is for")]
#![expect(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a program has an operating system"
)]

mod agent;
mod ledger;
mod memory;
mod network;
mod operation;
mod random;
mod runtime;
mod stage;

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use network::{Counts, Stand};
use runtime::Runtime;

static PANICKED: AtomicBool = AtomicBool::new(false);

struct Choice {
    runtimes: Vec<Runtime>,
    /// For each runtime.
    time: Duration,
    seed: u64,
    most_rounds: u64,
    /// How long nothing may happen. Nothing is measured by this.
    hang: Duration,
}

fn main() -> ExitCode {
    let choice = match choice(std::env::args().skip(1)) {
        Ok(choice) => choice,
        Err(complaint) => {
            println!("{complaint}");
            println!(
                "usage: csp-soak [--seconds N] [--runtime NAME] [--seed S] [--rounds N] [--hang SECONDS]"
            );
            return ExitCode::from(2);
        }
    };
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Relaxed);
        default(panic);
    }));
    let mut failed = false;
    for &runtime in &choice.runtimes {
        if let Err(failure) = soak(runtime, &choice) {
            println!("FAILED on {}: {failure}", runtime.name());
            failed = true;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn soak(runtime: Runtime, choice: &Choice) -> Result<(), String> {
    let progress = Arc::new(AtomicU64::new(0));
    let stand = Arc::new(Stand::default());
    let is_done = watch(runtime, choice.hang, progress.clone(), stand.clone());
    let start = Instant::now();
    let (result, rounds, total, floors) =
        runtime.run(rounds(runtime, choice, start, &progress, &stand));
    is_done.store(true, Relaxed);
    let millis = start.elapsed().as_millis();
    let Counts { values, delivered, cancellations, processes } = total;
    let name = runtime.name();
    let bound = format!("seeds from {}", choice.seed);
    println!("counted: {name}: networks | {rounds} networks | {bound} | {millis} ms");
    println!("counted: {name}: processes | {processes} processes | {bound} | {millis} ms");
    println!("counted: {name}: values, accounted for | {values} values | {bound} | {millis} ms");
    println!("counted: {name}: cancellations | {cancellations} operations | {bound} | {millis} ms");
    println!("{name}: {delivered} of the values were taken; {floors}");
    result
}

async fn rounds(
    runtime: Runtime,
    choice: &Choice,
    start: Instant,
    progress: &Arc<AtomicU64>,
    stand: &Stand,
) -> (Result<(), String>, u64, Counts, memory::Floors) {
    let mut total = Counts::default();
    let mut floors = memory::Floors::default();
    let mut round = 0;
    let result = loop {
        if round == choice.most_rounds || start.elapsed() > choice.time {
            break floors.verdict();
        }
        let seed = choice.seed.wrapping_add(round);
        let ended = network::round(runtime, seed, progress, stand).await;
        round += 1;
        progress.fetch_add(1, Relaxed);
        floors.add(memory::allocated());
        let ended = match ended {
            _ if PANICKED.swap(false, Relaxed) => Err("a panic, see above".to_owned()),
            ended => ended,
        };
        match ended {
            Ok(counts) => {
                total.values += counts.values;
                total.delivered += counts.delivered;
                total.cancellations += counts.cancellations;
                total.processes += counts.processes;
            }
            Err(why) => {
                break Err(format!(
                    "round {round}, to be had again, as far as scheduling allows, by \
                     `--runtime {} --seed {seed}`:\n{why}",
                    runtime.name()
                ));
            }
        }
    };
    (result, round, total, floors)
}

/// Ends the program when nothing has happened for long.
fn watch(
    runtime: Runtime,
    hang: Duration,
    progress: Arc<AtomicU64>,
    stand: Arc<Stand>,
) -> Arc<AtomicBool> {
    let is_done = Arc::new(AtomicBool::new(false));
    let done = is_done.clone();
    std::thread::spawn(move || {
        let (mut last, mut since) = (0, Instant::now());
        while !done.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(100));
            let now = progress.load(Relaxed);
            if now != last {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() > hang {
                let seen = stand.lock().unwrap_or_else(PoisonError::into_inner).clone();
                println!("FAILED on {}: nothing happens any more", runtime.name());
                if let Some(seen) = seen {
                    println!("{seen}");
                }
                std::process::exit(1);
            }
        }
    });
    is_done
}

fn choice(mut args: impl Iterator<Item = String>) -> Result<Choice, String> {
    let mut choice = Choice {
        runtimes: Runtime::ALL.to_vec(),
        time: Duration::from_secs(15),
        // Other networks each time; a failure says which.
        seed: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs()) * 100_000,
        most_rounds: u64::MAX,
        hang: Duration::from_secs(60),
    };
    while let Some(arg) = args.next() {
        let value = args.next().ok_or_else(|| format!("{arg} asks for a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{arg} {value}: not a number"));
        match arg.as_str() {
            "--seconds" => choice.time = Duration::from_secs(number()?),
            "--seed" => choice.seed = number()?,
            "--hang" => choice.hang = Duration::from_secs(number()?),
            "--rounds" => choice.most_rounds = number()?,
            "--runtime" => {
                let runtime = Runtime::ALL.into_iter().find(|it| it.name() == value);
                let names = || Runtime::ALL.map(Runtime::name).join(", ");
                choice.runtimes =
                    vec![runtime.ok_or_else(|| format!("no `{value}`; there are {}", names()))?];
            }
            _ => return Err(format!("no such option: {arg}")),
        }
    }
    Ok(choice)
}
