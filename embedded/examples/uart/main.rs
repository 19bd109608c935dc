//! Commands come as lines over a serial port; each new one cancels what the last one began.
//!
//! The port's interrupt puts bytes, a process makes lines of them, and another runs what they say:
//! a command that is cancelled is a future that is dropped.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use core::pin::pin;
use core::time::Duration;

use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use csp_core::{Channel, KeptFuture, alts, future};
use csp_embassy::wait;
use embassy_executor::Spawner;
use heapless::String;

static BYTES: Channel<u8, Fixed<64>, CriticalSection> = Channel::new();
static COMMANDS: Channel<Command, Rendezvous, CriticalSection> = Channel::new();

#[derive(Debug, Clone, Copy)]
enum Command {
    Blink(u32),
    Beep,
    Stop,
}

#[embassy_executor::main(entry = "kit::entry")]
async fn main(spawner: Spawner) {
    kit::on("uart", |line| {
        for byte in line.bytes().chain([b'\n']) {
            // A byte that finds no room is lost, as it is in the port itself.
            _ = BYTES.try_put(byte);
        }
    });
    kit::start();
    spawner.spawn(reader().unwrap());
    spawner.spawn(runner().unwrap());
}

#[embassy_executor::task]
async fn reader() {
    let (mut line, mut is_whole) = (String::<16>::new(), true);
    loop {
        match BYTES.take().await.unwrap() {
            b'\n' => {
                match parse(&line) {
                    Some(command) if is_whole => COMMANDS.put(command).await.unwrap(),
                    _ => kit::log(format_args!("error: {line:?}")),
                }
                (line, is_whole) = (String::new(), true);
            }
            byte => is_whole &= line.push(char::from(byte)).is_ok(),
        }
    }
}

fn parse(line: &str) -> Option<Command> {
    match line.split_once(' ') {
        Some(("blink", times)) => times.parse().ok().map(Command::Blink),
        None if line == "beep" => Some(Command::Beep),
        None if line == "stop" => Some(Command::Stop),
        _ => None,
    }
}

#[embassy_executor::task]
async fn runner() {
    let mut command = COMMANDS.take().await.unwrap();
    loop {
        let mut running = pin!(KeptFuture::new(run(command)));
        command = alts! {
            next = COMMANDS.take() => {
                kit::log(format_args!("{command:?} cancelled"));
                next.unwrap()
            },
            () = future(running.as_mut()) => {
                kit::log(format_args!("{command:?} done"));
                COMMANDS.take().await.unwrap()
            }
        };
    }
}

async fn run(command: Command) {
    match command {
        Command::Blink(times) => {
            for _ in 0..times {
                kit::log("light on");
                wait(Duration::from_millis(50)).await;
                kit::log("light off");
                wait(Duration::from_millis(50)).await;
            }
        }
        Command::Beep => {
            kit::log("sound on");
            wait(Duration::from_millis(30)).await;
            kit::log("sound off");
        }
        Command::Stop => {}
    }
}
