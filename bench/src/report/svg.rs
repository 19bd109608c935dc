//! Pictures: horizontal bars, and curves on two logarithmic scales.

use std::fmt::Write as _;

const WIDTH: f64 = 720.0;
const LABELS: f64 = 230.0;
const ROW: f64 = 20.0;
const OURS: &str = "#c2410c";
const THEIRS: &str = "#64748b";

pub struct Bar {
    pub label: String,
    pub value: f64,
    pub ours: bool,
}

/// One bar each, the shortest first; a bar that would dwarf the others is cut and says so.
pub fn bars(title: &str, unit: &str, mut bars: Vec<Bar>) -> String {
    bars.sort_by(|a, b| a.value.total_cmp(&b.value));
    let middle = bars.get(bars.len() / 2).map_or(1.0, |bar| bar.value);
    let longest = bars.iter().map(|bar| bar.value).fold(1.0, f64::max).min(6.0 * middle);
    let height = 50.0 + ROW * bars.len() as f64;
    let mut svg = head(title, WIDTH, height);
    for (at, bar) in bars.iter().enumerate() {
        let y = 40.0 + ROW * at as f64;
        let room = WIDTH - LABELS - 90.0;
        let length = room * (bar.value / longest).min(1.0);
        let cut = if bar.value > longest { " (cut)" } else { "" };
        let color = if bar.ours { OURS } else { THEIRS };
        text(&mut svg, LABELS - 8.0, y + 12.0, "end", &bar.label);
        let rect = format!(
            "<rect x=\"{LABELS}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"15\" fill=\"{color}\"/>\n"
        );
        svg.push_str(&rect);
        let value = format!("{:.0} {unit}{cut}", bar.value);
        text(&mut svg, LABELS + length + 6.0, y + 12.0, "start", &value);
    }
    svg + "</svg>\n"
}

pub struct Curve {
    pub label: String,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
    pub ours: bool,
}

pub fn curves(title: &str, unit: &str, curves: &[Curve]) -> String {
    let (left, top, right, bottom) = (70.0, 40.0, WIDTH - LABELS, 400.0);
    let points = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let x = Scale::of(points().map(|point| point.0), left, right);
    let y = Scale::of(points().map(|point| point.1), bottom, top);
    let mut svg = head(title, WIDTH, bottom + 40.0);
    let mut ticks: Vec<f64> = points().map(|point| point.0).collect();
    ticks.sort_by(f64::total_cmp);
    ticks.dedup();
    for tick in ticks {
        text(&mut svg, x.at(tick), bottom + 18.0, "middle", &format!("{tick}"));
    }
    for power in 0..9 {
        let value = 10_f64.powi(power);
        if (y.min..=y.max).contains(&value) {
            text(&mut svg, left - 6.0, y.at(value) + 4.0, "end", &format!("{value}"));
            line(&mut svg, (left, y.at(value)), (right, y.at(value)), "#e2e8f0", 1.0);
        }
    }
    text(&mut svg, left, bottom + 34.0, "start", unit);
    let mut labels: Vec<(f64, f64)> = Vec::new();
    for curve in curves {
        let (color, width) = if curve.ours { (OURS, 2.5) } else { (THEIRS, 1.2) };
        let at = |point: (f64, f64)| (x.at(point.0), y.at(point.1));
        for pair in curve.points.windows(2) {
            line(&mut svg, at(pair[0]), at(pair[1]), color, width);
        }
        if let Some(&last) = curve.points.last() {
            let (x, mut y) = (at(last).0 + 6.0, at(last).1 + 4.0);
            // Those that end together stand below each other.
            let too_near = |y: f64, other: &(f64, f64)| other.0 == x && (other.1 - y).abs() < 12.0;
            while labels.iter().any(|other| too_near(y, other)) {
                y += 3.0;
            }
            labels.push((x, y));
            text(&mut svg, x, y, "start", &curve.label);
        }
    }
    svg + "</svg>\n"
}

/// A logarithmic scale.
struct Scale {
    min: f64,
    max: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (min, max) = values.fold((f64::MAX, 1.0), |(min, max), value| {
            (f64::min(min, value), f64::max(max, value))
        });
        Self { min: min.max(1e-3), max, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let part = (value / self.min).ln() / (self.max / self.min).ln().max(1e-9);
        self.from + part * (self.to - self.from)
    }
}

fn head(title: &str, width: f64, height: f64) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    text(&mut svg, 10.0, 22.0, "start", title);
    svg
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>")
        .expect("a string takes everything");
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), color: &str, width: f64) {
    writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{color}\" \
         stroke-width=\"{width}\"/>",
        from.0, from.1, to.0, to.1
    )
    .expect("a string takes everything");
}
