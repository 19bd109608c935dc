//! The machines that QEMU emulates for us, and what is built for each.

pub struct Machine {
    pub name: &'static str,
    pub core: &'static str,
    pub target: &'static str,
    /// Comes with the Debian package `package`.
    pub emulator: &'static str,
    pub package: &'static str,
    arguments: &'static [&'static str],
    /// For the linker.
    pub scripts: &'static [&'static str],
}

pub const MACHINES: [Machine; 3] = [
    Machine {
        name: "microbit",
        core: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        emulator: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "microbit"],
        scripts: &["link.x"],
    },
    Machine {
        name: "mps2-an386",
        core: "Cortex-M4",
        target: "thumbv7em-none-eabihf",
        emulator: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: &["-M", "mps2-an386"],
        scripts: &["link.x"],
    },
    Machine {
        name: "virt",
        core: "RISC-V",
        target: "riscv32imc-unknown-none-elf",
        emulator: "qemu-system-riscv32",
        package: "qemu-system-misc",
        arguments: &["-M", "virt", "-bios", "none"],
        scripts: &["memory.x", "link.x"],
    },
];

/// One instruction takes 2^6 ns of the machine's time, and to sleep takes none of ours: so a run is
/// the same on every host, and each instruction is a point in time at which an interrupt can come.
pub const CLOCK: &str = "shift=6,sleep=off,align=off";

/// 2^5 ns: fast enough to log some lines within a millisecond, whatever the processor.
pub const FAST_CLOCK: &str = "shift=5,sleep=off,align=off";

/// 2^7 ns: longer than a tick of any of the timers, so that one can be set to every instruction.
pub const FINE_CLOCK: &str = "shift=7,sleep=off,align=off";

impl Machine {
    /// The arguments of the emulator that runs a program, but for its `-kernel`.
    pub fn emulate(&self, clock: &str) -> Vec<String> {
        let clock = ["-icount", clock].map(str::to_owned);
        self.emulate_without_clock().into_iter().chain(clock).collect()
    }

    /// As [`emulate`](Self::emulate), where time is the host's.
    pub fn emulate_without_clock(&self) -> Vec<String> {
        let common = [
            "-nographic",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-semihosting-config",
            "enable=on,target=native",
        ];
        self.arguments.iter().copied().chain(common).map(str::to_owned).collect()
    }
}
