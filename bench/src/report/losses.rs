//! Where a rival is faster, or smaller; and which rivals lose values in a choice.

use std::fmt::Write as _;

use super::{Figures, counterpart, number, places};
use crate::rows::Name;

const COMPARED: [&str; 4] = ["local", "send", "local+csp-alternative", "send+csp-alternative"];

struct Loss {
    line: String,
    ratio: f64,
}

/// Every comparison in which a rival is ahead, those with what they do differently apart.
pub fn section(figures: &[Figures]) -> String {
    let (mut like, mut unlike) = (Vec::new(), Vec::new());
    for (scenario, case) in places(figures, &[]) {
        let here = || {
            let here = figures.iter().filter(|it| it.failure.is_none());
            here.filter(|it| it.name.scenario == scenario && it.name.case == case)
        };
        for ours in here().filter(|it| COMPARED.contains(&&*it.name.rival)) {
            for rival in here().filter(|it| !crate::driver::is_ours(&it.name.rival)) {
                if counterpart(&rival.name.executor) != ours.name.executor {
                    continue;
                }
                let difference = difference(figures, ours, rival);
                for figure in ["ns", "bytes"] {
                    let Some(loss) = loss(ours, rival, figure, difference) else { continue };
                    if difference.is_none() { like.push(loss) } else { unlike.push(loss) }
                }
            }
        }
    }
    let mut page = String::new();
    page.push_str("A rival that promises what we promise is ahead here; the worst first.\n\n");
    table(&mut page, like, "");
    page.push_str("\nThese are ahead too, and do something else:\n\n");
    table(&mut page, unlike, "differs: ");
    page
}

fn table(page: &mut String, mut losses: Vec<Loss>, last: &str) {
    if losses.is_empty() {
        page.push_str("Nowhere in this run.\n");
        return;
    }
    losses.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    let last = last.trim_end_matches(": ");
    writeln!(
        page,
        "| scenario | ours | | rival | | ours/rival | {last} |\n|---|---|---:|---|---:|---:|---|"
    )
    .expect("a string takes everything");
    losses.iter().for_each(|loss| page.push_str(&loss.line));
}

fn loss(ours: &Figures, rival: &Figures, figure: &str, difference: Option<&str>) -> Option<Loss> {
    let (mine, theirs) = (ours.spread(figure)?, rival.spread(figure)?);
    let ratio = mine.median / theirs.median;
    if ratio <= 1.0 {
        return None;
    }
    let note = match difference {
        Some(difference) => difference,
        None if mine.min <= theirs.max => "the spreads overlap",
        None => "",
    };
    let place = format!("{} {}", ours.name.scenario, ours.name.case);
    let line = format!(
        "| {} | {}, {} | {} {figure} | {}, {} | {} {figure} | {ratio:.2} | {note} |\n",
        place.trim_end(),
        ours.name.rival,
        ours.name.executor,
        number(mine.median),
        rival.name.rival,
        rival.name.executor,
        number(theirs.median),
    );
    Some(Loss { line, ratio })
}

/// What the rival does not do and ours does, if there is such a thing.
fn difference(all: &[Figures], ours: &Figures, rival: &Figures) -> Option<&'static str> {
    let name = rival.name.rival.as_str();
    let is = |names: &[&str]| names.iter().any(|it| name.starts_with(it));
    let buffered = matches!(ours.name.scenario, "stream" | "many");
    let buffered = buffered || ours.name.case.starts_with("ready");
    if name.ends_with("+merged") {
        return Some("takes from all channels ahead of the choice");
    }
    if name.ends_with("+in turn") {
        return Some("no choice: knows whose value comes next");
    }
    // Whether it does so in this very place is a matter of timing.
    let anywhere = |figure| all.iter().any(|it| it.name.rival == name && it.is_positive(figure));
    if anywhere("lost%") {
        return Some("loses values");
    }
    let one_behind = ["tokio-mpsc", "async-channel", "futures-mpsc", "embassy", "crossfire"];
    if !buffered && is(&one_behind) {
        return Some("a buffer, no rendezvous");
    }
    if anywhere("ahead") {
        return Some("completes puts that nobody took");
    }
    if ours.name.rival.starts_with("send") && is(&["fi-local", "embassy-noop"]) {
        return Some("for one thread only");
    }
    is(&["crossfire-spsc"]).then_some("one sender, one receiver")
}

/// By the run: what a choice gave nobody, and what it completed without a taker.
pub fn lost_values(figures: &[Figures]) -> String {
    let mut page = String::from(
        "A choice by dropping the receives that were not chosen is one only if a receive that is \
         dropped has taken nothing. `lost` are the values whose send completed and that no choice \
         was given; `ahead` is how many sends had completed at most when their values were not \
         chosen yet. At a rendezvous neither can be; where the rival has a buffer, what lies in it \
         is ahead.\n\n",
    );
    let bad = |it: &&Figures| it.is_positive("lost%") || it.is_positive("ahead");
    let bad: Vec<&Figures> = figures.iter().filter(bad).collect();
    if bad.is_empty() {
        page.push_str("None in this run.\n");
        return page;
    }
    page.push_str("| choice | of | lost | ahead |\n|---|---|---:|---:|\n");
    for row in bad {
        let figure = |name: &str| row.spread(name).map_or(0.0, |it| it.median);
        let (lost, ahead) = (figure("lost%"), figure("ahead"));
        let Name { scenario, case, rival, .. } = &row.name;
        writeln!(page, "| {scenario} {case} | {rival} | {lost:.1} % | {ahead:.0} |")
            .expect("a string takes everything");
    }
    page
}
