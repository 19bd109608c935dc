//! A dispenser under RTIC: a serial port's interrupt orders, a task serves, another one can stop it.
//!
//! csp needs no adapter here. A `static` channel connects tasks of any priority with each other and
//! with hardware tasks, which use `try_put`; a delay of the monotonic is a future like any other, and
//! takes part in a choice.

#![no_std]
#![no_main]
#![forbid(unsafe_code)]

use csp_core::Channel;
use csp_core::buffer::{Fixed, Rendezvous};
use csp_core::lock::CriticalSection;
use portable_atomic as _;
use rtic_monotonics::systick::prelude::*;

systick_monotonic!(Mono, 1000);

/// Of the microbit, which is the one without compare-and-swap, and of the mps2-an386.
const CLOCK: u32 = if cfg!(target_has_atomic = "ptr") { 25_000_000 } else { 16_000_000 };

static ORDERS: Channel<u32, Fixed<4>, CriticalSection> = Channel::new();
static STOP: Channel<&str, Rendezvous, CriticalSection> = Channel::new();

#[rtic::app(device = lm3s6965, dispatchers = [GPIOA, GPIOB])]
mod app {
    use core::pin::pin;

    use csp_core::{KeptFuture, alts, future};
    use lm3s6965::Interrupt;
    use semihosting::println;

    use super::*;

    #[shared]
    struct Shared {}

    #[local]
    struct Local {
        ordered: u32,
    }

    #[init]
    fn init(cx: init::Context) -> (Shared, Local) {
        Mono::start(cx.core.SYST, CLOCK);
        serve::spawn().expect("it is not running");
        customer::spawn().expect("it is not running");
        (Shared {}, Local { ordered: 0 })
    }

    /// The port has received an order.
    #[task(binds = UART0, priority = 3, local = [ordered])]
    fn uart(cx: uart::Context) {
        *cx.local.ordered += 1;
        if let Err(full) = ORDERS.try_put(*cx.local.ordered) {
            println!("order {} refused", full.into_inner());
        }
    }

    /// Serves an order each 10 ms, until it is told to stop or has nothing to do for 100 ms.
    #[task(priority = 1)]
    async fn serve(_: serve::Context) {
        loop {
            let mut idle = pin!(KeptFuture::new(Mono::delay(100.millis())));
            alts! {
                priority;
                reason = STOP.take() => {
                    println!("stopped: {}", reason.unwrap());
                    semihosting::process::exit(0);
                },
                order = ORDERS.take() => {
                    Mono::delay(10.millis()).await;
                    println!("order {} served", order.unwrap());
                },
                () = future(idle.as_mut()) => println!("nothing to do"),
            }
        }
    }

    /// Stands for the world: pends the port's interrupt, and has enough in the end.
    #[task(priority = 2)]
    async fn customer(_: customer::Context) {
        for pause in [5, 15, 1, 1, 150] {
            rtic::pend(Interrupt::UART0);
            Mono::delay(pause.millis()).await;
        }
        // More at once than fit, with one being served.
        for _ in 0..6 {
            rtic::pend(Interrupt::UART0);
            Mono::delay(1.millis()).await;
        }
        STOP.put("enough").await.unwrap();
    }
}
