//! The table: a row for each program, a column for each machine.

use std::fmt::Write;

use super::machine::MACHINES;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// Not for this machine, or not asked for.
    None,
    Passed {
        tests: u64,
    },
    Failed,
    Skipped,
}

pub struct Row {
    pub program: String,
    pub cells: [Cell; MACHINES.len()],
}

impl Row {
    pub fn new(program: &str) -> Self {
        Self { program: program.to_owned(), cells: [Cell::None; MACHINES.len()] }
    }

    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| *cell == Cell::None)
    }
}

pub fn of(rows: &[Row]) -> String {
    let mut table = format!("{:<28}", "program");
    for machine in &MACHINES {
        let head = format!("{} ({})", machine.name, machine.core);
        let _infallible = write!(table, "  {head:<24}");
    }
    for row in rows {
        table.truncate(table.trim_end().len());
        let _infallible = write!(table, "\n{:<28}", row.program);
        for cell in row.cells {
            let cell = match cell {
                Cell::None => "-".to_owned(),
                Cell::Passed { tests } => format!("passed, {tests} tests"),
                Cell::Failed => "FAILED".to_owned(),
                Cell::Skipped => "SKIPPED".to_owned(),
            };
            let _infallible = write!(table, "  {cell:<24}");
        }
    }
    table.truncate(table.trim_end().len());
    table
}

/// `PROGRAM on MACHINE`, of all that failed.
pub fn failed(rows: &[Row]) -> Vec<String> {
    let of_row = |row: &Row| {
        let machines = MACHINES.iter().zip(row.cells);
        let failed = machines.filter(|(_, cell)| *cell == Cell::Failed);
        failed
            .map(|(machine, _)| format!("{} on {}", row.program, machine.name))
            .collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

pub fn runs(rows: &[Row]) -> usize {
    cells(rows).filter(|cell| matches!(cell, Cell::Passed { .. } | Cell::Failed)).count()
}

pub fn tests(rows: &[Row]) -> u64 {
    let tests = |cell| if let Cell::Passed { tests } = cell { tests } else { 0 };
    cells(rows).map(tests).sum()
}

fn cells(rows: &[Row]) -> impl Iterator<Item = Cell> {
    rows.iter().flat_map(|row| row.cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_failed_and_counts_the_rest() {
        let mut row = Row::new("blinky");
        assert!(row.is_empty());
        row.cells = [Cell::Passed { tests: 3 }, Cell::Failed, Cell::Skipped];
        let rows = [row];
        assert_eq!(failed(&rows), ["blinky on mps2-an386"]);
        assert_eq!((runs(&rows), tests(&rows)), (2, 3));
        let last = of(&rows).lines().last().map(str::to_owned).unwrap();
        let words: Vec<&str> = last.split_whitespace().collect();
        assert_eq!(words, ["blinky", "passed,", "3", "tests", "FAILED", "SKIPPED"]);
    }
}
