//! What a built program holds: its sections, its symbols, and the instruction at an address.
//!
//! *Source*: the ELF specification, for 32 bits and little-endian, as all our targets are.

use std::path::Path;

use crate::Result;

pub struct Elf {
    bytes: Vec<u8>,
    sections: Vec<Section>,
    /// Functions, by address.
    functions: Vec<Symbol>,
}

struct Section {
    kind: u32,
    flags: u32,
    address: u32,
    offset: usize,
    size: usize,
    link: usize,
}

struct Symbol {
    address: u32,
    size: u32,
    name: String,
}

const PROGBITS: u32 = 1;
const SYMBOLS: u32 = 2;
const NOBITS: u32 = 8;
const WRITABLE: u32 = 1;
const ALLOCATED: u32 = 1 << 1;
const FUNCTION: u8 = 2;

/// Bytes that a program occupies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Code, constants, and the first values of variables.
    pub flash: i64,
    /// Variables, but not the stack.
    pub ram: i64,
}

impl Elf {
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(bytes).ok_or_else(|| format!("{} is no ELF of 32 bits", path.display()))
    }

    fn parse(bytes: Vec<u8>) -> Option<Self> {
        if !bytes.starts_with(b"\x7fELF\x01\x01") {
            return None;
        }
        let table = word(&bytes, 32)? as usize;
        let (size, count) = (half(&bytes, 46)? as usize, half(&bytes, 48)? as usize);
        let sections = (0..count).map(|index| Section::parse(&bytes, table + index * size));
        let sections = sections.collect::<Option<Vec<_>>>()?;
        let mut elf = Self { bytes, sections, functions: Vec::new() };
        elf.read_symbols()?;
        Some(elf)
    }

    fn read_symbols(&mut self) -> Option<()> {
        let table = self.sections.iter().find(|section| section.kind == SYMBOLS)?;
        let names = self.sections.get(table.link)?.offset;
        for at in (table.offset..table.offset + table.size).step_by(16) {
            let name = text(&self.bytes, names + word(&self.bytes, at)? as usize)?;
            if self.bytes.get(at + 12)? & 0xf == FUNCTION {
                // The lowest bit says that it is Thumb code.
                let address = word(&self.bytes, at + 4)? & !1;
                let size = word(&self.bytes, at + 8)?;
                self.functions.push(Symbol { address, size, name: short(&name) });
            }
        }
        self.functions.sort_by_key(|symbol| symbol.address);
        Some(())
    }

    pub fn address(&self, name: &str) -> Result<u32> {
        let symbol = self.functions.iter().find(|symbol| symbol.name == name);
        symbol.map(|symbol| symbol.address).ok_or_else(|| format!("there is no function {name}"))
    }

    /// The function that an instruction is part of.
    pub fn function(&self, address: u32) -> &str {
        let after = self.functions.partition_point(|symbol| symbol.address <= address);
        after.checked_sub(1).map_or("?", |index| &self.functions[index].name)
    }

    pub fn footprint(&self) -> Footprint {
        let mut footprint = Footprint { flash: 0, ram: 0 };
        for section in self.sections.iter().filter(|section| section.flags & ALLOCATED != 0) {
            let size = section.size as i64;
            if section.kind == PROGBITS {
                footprint.flash += size;
            }
            if section.kind == NOBITS || section.flags & WRITABLE != 0 {
                footprint.ram += size;
            }
        }
        footprint
    }

    /// The instructions of all functions in Thumb code: the function, the address, the first and, if
    /// it has one, the second half.
    pub fn thumb(&self) -> impl Iterator<Item = (&str, u32, u16, Option<u16>)> {
        self.functions.iter().flat_map(move |function| {
            let end = function.address + function.size;
            let mut at = function.address;
            std::iter::from_fn(move || {
                let first = self.code(at).filter(|_| at < end)?;
                let is_long = first >> 11 > 0b11100;
                let here = at;
                at += if is_long { 4 } else { 2 };
                let second = is_long.then(|| self.code(here + 2)).flatten();
                Some((function.name.as_str(), here, first, second))
            })
        })
    }

    /// Who calls whom, or jumps there for good.
    pub fn calls(&self) -> Vec<(&str, &str)> {
        let call = |(caller, at, first, second): (_, u32, u16, Option<u16>)| {
            let second = second?;
            // BL, and B of four bytes.
            let is_call = first >> 11 == 0b11110 && second & 0x9000 == 0x9000;
            let target = at.wrapping_add(4).wrapping_add(distance(first, second));
            let callee = is_call.then(|| self.function(target))?;
            (callee != caller).then_some((caller, callee))
        };
        self.thumb().filter_map(call).collect()
    }

    /// Two bytes of code.
    pub fn code(&self, address: u32) -> Option<u16> {
        let holds = |section: &&Section| {
            let range = section.address..section.address + section.size as u32;
            section.kind == PROGBITS && section.flags & ALLOCATED != 0 && range.contains(&address)
        };
        let section = self.sections.iter().find(holds)?;
        half(&self.bytes, section.offset + (address - section.address) as usize)
    }
}

impl Section {
    fn parse(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self {
            kind: word(bytes, at + 4)?,
            flags: word(bytes, at + 8)?,
            address: word(bytes, at + 12)?,
            offset: word(bytes, at + 16)? as usize,
            size: word(bytes, at + 20)? as usize,
            link: word(bytes, at + 24)? as usize,
        })
    }
}

/// Of a BL or a long B, from the instruction after it.
fn distance(first: u16, second: u16) -> u32 {
    let bit = |half: u16, bit: u32| u32::from(half >> bit & 1);
    let sign = bit(first, 10);
    let (high, middle) = (!(bit(second, 13) ^ sign) & 1, !(bit(second, 11) ^ sign) & 1);
    let (upper, lower) = (u32::from(first & 0x3ff), u32::from(second & 0x7ff));
    let packed = sign << 24 | high << 23 | middle << 22 | upper << 12 | lower << 1;
    // The sign fills what lies above it.
    packed.wrapping_sub(sign << 25)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn text(bytes: &[u8], at: usize) -> Option<String> {
    let rest = bytes.get(at..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

/// The name without the crate, the hash and the arguments of generics, for a reader.
fn short(name: &str) -> String {
    let Some(mut rest) = name.strip_prefix("_ZN") else { return name.to_owned() };
    let mut parts = Vec::new();
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0) {
        let Ok(length) = rest[..end].parse::<usize>() else { break };
        let Some(part) = rest.get(end..end + length) else { break };
        parts.push(part);
        rest = &rest[end + length..];
    }
    // The last part is the hash.
    parts.pop();
    let from = parts.len().saturating_sub(2);
    parts[from..].join("::").replace("$LT$", "<").replace("$GT$", ">").replace("$u20$", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_crate_and_hash() {
        assert_eq!(short("_ZN8csp_core9operation4wait17hbfcfdf90bf1c7131E"), "operation::wait");
        assert_eq!(short("mark"), "mark");
    }

    #[test]
    fn a_call_goes_forth_and_back() {
        // Of a disassembly: `bl` by 0x14, by -0x48c, by 0x1ad4.
        assert_eq!(distance(0xf000, 0xf80a), 0x14);
        assert_eq!(distance(0xf7ff, 0xfdba) as i32, -0x48c);
        assert_eq!(distance(0xf001, 0xfd6a), 0x1ad4);
    }

    #[test]
    fn what_is_no_elf_is_refused() {
        assert!(Elf::parse(b"\x7fELF\x02\x01".to_vec()).is_none());
        assert!(Elf::parse(Vec::new()).is_none());
    }
}
