//! The kit that the examples run on: peripherals that follow a script.
//!
//! A line of the script is a time in milliseconds, the name of a peripheral, and what it is to see:
//! `1005 button`, `250 uart blink 3`. At that time the peripheral raises its interrupt. The line
//! `3000 end` ends the run. What a program does to the world is printed, with its time.

#![no_std]
#![forbid(unsafe_code)]

use core::cell::{Cell, RefCell};
use core::fmt::{self, Display};

use board::{Line, println, read_line};
use critical_section::Mutex;
use embassy_time::Instant;
use heapless::String;

pub use board::entry;

/// A peripheral's name, and its interrupt handler.
type Peripheral = (&'static str, fn(&str));

static PERIPHERALS: Mutex<Cell<[Peripheral; 4]>> = Mutex::new(Cell::new([("", |_| {}); 4]));
static SCRIPT: Mutex<RefCell<Script>> = Mutex::new(RefCell::new(Script(String::new())));

static TIMER: Mutex<Cell<fn()>> = Mutex::new(Cell::new(|| {}));

/// The line that comes next.
struct Script(String<80>);

/// Calls `handler` in the interrupt of the peripheral, with what the script says that it sees.
pub fn on(peripheral: &'static str, handler: fn(&str)) {
    critical_section::with(|section| {
        let mut peripherals = PERIPHERALS.borrow(section).get();
        let free = peripherals.iter_mut().find(|(name, _)| name.is_empty());
        *free.expect("the kit has four peripherals") = (peripheral, handler);
        PERIPHERALS.borrow(section).set(peripherals);
    });
}

/// Calls `handler` in the interrupt of a timer, each millisecond.
pub fn each_millisecond(handler: fn()) {
    critical_section::with(|section| TIMER.borrow(section).set(handler));
}

/// Starts the clock, and the script.
pub fn start() {
    next_line();
    board::on_interrupt(Line::First, |_| {
        play();
        critical_section::with(|section| TIMER.borrow(section).get())();
    });
    board::pend_each_millisecond(Some(Line::First));
    board::start_clock();
}

/// Says what happens, and when.
pub fn log(what: impl Display) {
    println!("{} {what}", Now);
}

struct Now;

impl Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>5} ms", Instant::now().as_millis())
    }
}

fn next_line() {
    let mut buffer = [0; 80];
    let line = loop {
        let line = read_line(&mut buffer);
        if !line.starts_with('#') {
            break String::try_from(line).expect("it has been read into as much");
        }
    };
    critical_section::with(|section| SCRIPT.borrow_ref_mut(section).0 = line);
}

/// What is due by now.
fn play() {
    loop {
        let line = critical_section::with(|section| SCRIPT.borrow_ref(section).0.clone());
        let (time, event) = line.split_once(' ').expect("a script ends with `end`");
        let time: u64 = time.parse().expect("a line begins with its time");
        if time > Instant::now().as_millis() {
            return;
        }
        let (peripheral, seen) = event.split_once(' ').unwrap_or((event, ""));
        if peripheral == "end" {
            board::exit(0);
        }
        let peripherals = critical_section::with(|section| PERIPHERALS.borrow(section).get());
        let found = peripherals.iter().find(|(name, _)| *name == peripheral);
        let (_, handler) = found.expect("the script names peripherals of the program");
        handler(seen);
        next_line();
    }
}
