//! Rules about the lines and the size of one file.

use super::{Source, contains_word};

const MAX_LINES: usize = 600;

/// Features only add; a name never means something else because of one.
const MAY_NEGATE_FEATURES: &[&str] = &[
    // One function by two means: a feature that adds compare-and-swap where the CPU has none.
    "csp-core/src/sync.rs",
    // What is done without `std`, where the type stays the same.
    "csp-core/src/callback.rs",
    "csp-core/src/process.rs",
    // An error for a combination that cannot work.
    "csp-core/src/shared.rs",
];

/// A test that waits for wall time fails on a slow machine and passes on a fast one.
const MAY_WATCH_THE_CLOCK: &[&str] = &[
    // How long it took, for the table of verify.
    "csp-core/tests/histories/worlds.rs",
];

/// This names what it forbids.
const ITSELF: &str = "xtask/src/tidy/text.rs";

const UNFINISHED: [&str; 7] =
    ["todo!", "unimplemented!", "dbg!", "#[ignore", "TODO", "FIXME", "XXX"];

/// Folders at the root of somebody's machine, not of the repository.
const MACHINE: [&str; 6] = ["/home/", "/root/", "/tmp/", "/Users/", "/work/", "../shared"];

pub fn check(source: &Source, violations: &mut Vec<String>) {
    let path = &source.path;
    if path == ITSELF {
        return;
    }
    if path.ends_with("/mod.rs") {
        violations.push(format!("{path}: a module is foo.rs beside foo/, never mod.rs"));
    }
    if source.is_rust() && source.text.lines().count() > MAX_LINES {
        violations.push(format!("{path}: over {MAX_LINES} lines; it holds more than one concept"));
    }
    if !source.text.is_empty() && !source.text.ends_with('\n') {
        violations.push(format!("{path}: the last line does not end"));
    }
    for (number, line) in source.lines() {
        if let Some(complaint) = complaint(path, line) {
            violations.push(format!("{path}:{number}: {complaint}"));
        }
    }
    if source.is_rust() {
        for (number, line) in source.code() {
            if let Some(complaint) = code_complaint(path, line) {
                violations.push(format!("{path}:{number}: {complaint}"));
            }
        }
    }
}

fn complaint(path: &str, line: &str) -> Option<String> {
    // In a patch an empty line of context is a space.
    if line.ends_with([' ', '\t']) && !path.ends_with(".patch") {
        return Some("trailing white space".to_owned());
    }
    if let Some(place) = MACHINE.into_iter().find(|place| names_folder(line, place)) {
        return Some(format!("`{place}` is a path of one machine"));
    }
    if path == "Cargo.lock" && line.starts_with("source = ") && !line.contains(PUBLIC_INDEX) {
        return Some("locked to something else than the public index".to_owned());
    }
    // What the compiler says may propose one.
    if path.ends_with(".stderr") {
        return None;
    }
    UNFINISHED.into_iter().find(|mark| contains_mark(line, mark)).map(|mark| format!("`{mark}`"))
}

const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn code_complaint(path: &str, line: &str) -> Option<&'static str> {
    if line.contains("not(feature") && !MAY_NEGATE_FEATURES.contains(&path) {
        return Some("a feature only adds: no not(feature …)");
    }
    let clock = ["thread::sleep", "Instant::now"].iter().any(|name| line.contains(name));
    if clock && is_test(path) && !MAY_WATCH_THE_CLOCK.contains(&path) {
        return Some("a test awaits an event, never a duration");
    }
    None
}

fn is_test(path: &str) -> bool {
    path.starts_with("csp-conformance/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Not where the folder is a part of a longer path or address.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-*>)}".contains(c))
    })
}

/// `todo!` and its like may follow anything; a mark in capitals is a word of its own.
fn contains_mark(line: &str, mark: &str) -> bool {
    if mark.chars().all(char::is_uppercase) {
        contains_word(line, mark)
    } else {
        line.contains(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_inside_a_longer_path_is_no_machine() {
        assert!(names_folder("see /home/me/notes", "/home/"));
        assert!(!names_folder("https://example.org/home/page", "/home/"));
    }

    #[test]
    fn marks_are_words_or_macros() {
        assert_eq!(complaint("a.rs", "    todo!()").as_deref(), Some("`todo!`"));
        assert_eq!(complaint("a.rs", "let autodoc = TODOS;"), None);
        assert_eq!(complaint("a.rs", "let x; ").as_deref(), Some("trailing white space"));
    }

    #[test]
    fn only_tests_must_not_watch_the_clock() {
        assert!(code_complaint("csp-core/tests/it.rs", "std::thread::sleep(d)").is_some());
        assert!(code_complaint("csp-core/src/lock.rs", "std::thread::sleep(d)").is_none());
    }
}
