//! Plots as inline SVG: axes, lines, cells.

use std::fmt::Write;

use super::text::escaped;

/// One direction of a plot.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    from: f64,
    to: f64,
    logarithmic: bool,
    ticks: Vec<(f64, String)>,
}

impl Axis {
    /// From 0 or the least value to something round above the largest, with about so many ticks.
    pub(super) fn linear(from: f64, to: f64, ticks: u32, shown: impl Fn(f64) -> String) -> Self {
        let span = if to > from { to - from } else { 1.0 };
        let step = round_step(span / f64::from(ticks.max(1)));
        let first = (from / step).ceil();
        let ticks = (0..=2 * ticks)
            .map(|n| (first + f64::from(n)) * step)
            .take_while(|tick| *tick <= from + span * 1.0001);
        Self {
            from,
            to: from + span,
            logarithmic: false,
            ticks: ticks.map(|tick| (tick, shown(tick))).collect(),
        }
    }

    /// Decades that hold both values.
    pub(super) fn decades(low: f64, high: f64, shown: impl Fn(f64) -> String) -> Self {
        let low = low.max(1e-6).log10().floor();
        let high = high.max(1e-6).log10().ceil().max(low + 1.0);
        let ticks = std::iter::successors(Some(low), |at| Some(at + 1.0)).take_while(|at| *at <= high);
        let ticks = ticks.map(|at| 10_f64.powf(at)).map(|tick| (tick, shown(tick))).collect();
        Self { from: 10_f64.powf(low), to: 10_f64.powf(high), logarithmic: true, ticks }
    }

    /// These ticks, from the first to `to`.
    pub(super) fn logarithmic(ticks: Vec<(f64, String)>, to: f64) -> Self {
        let from = ticks.first().map_or(1.0, |tick| tick.0);
        Self { from, to, logarithmic: true, ticks }
    }

    /// Where a value lies: 0 to 1.
    fn share(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value.max(self.from) / self.from).ln() / (self.to / self.from).ln()
        } else {
            (value - self.from) / (self.to - self.from)
        };
        share.clamp(0.0, 1.0)
    }
}

/// 1, 2 or 5 times a power of ten, not less than `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|round| *round >= step * 0.9999)
        .unwrap_or(step)
}

const LEFT: f64 = 54.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;

/// A plot that is being drawn.
pub(super) struct Plot {
    width: f64,
    height: f64,
    x: Axis,
    y: Axis,
    body: String,
}

impl Plot {
    pub(super) fn new(width: u32, height: u32, x: Axis, y: Axis) -> Self {
        let mut plot = Self { width: width.into(), height: height.into(), x, y, body: String::new() };
        plot.grid();
        plot
    }

    fn grid(&mut self) {
        let (left, right) = (LEFT, self.width - RIGHT);
        for (value, label) in self.y.ticks.clone() {
            let y = self.down(value);
            let _ = write!(
                self.body,
                r#"<line class="grid" x1="{left}" x2="{right}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                left - 6.0,
                y + 4.0,
                escaped(&label)
            );
        }
        let (top, bottom) = (TOP, self.height - BOTTOM);
        for (value, label) in self.x.ticks.clone() {
            let x = self.across(value);
            let _ = write!(
                self.body,
                r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{top}" y2="{bottom}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                bottom + 16.0,
                escaped(&label)
            );
        }
    }

    fn across(&self, value: f64) -> f64 {
        LEFT + self.x.share(value) * (self.width - LEFT - RIGHT)
    }

    fn down(&self, value: f64) -> f64 {
        self.height - BOTTOM - self.y.share(value) * (self.height - TOP - BOTTOM)
    }

    /// A line through the points, in the colour of the series; where nothing was measured it has a gap.
    pub(super) fn line(&mut self, series: usize, points: impl IntoIterator<Item = Option<(f64, f64)>>) {
        let mut path = String::new();
        let mut drawing = false;
        let mut alone = None;
        for point in points {
            let Some((x, y)) = point else {
                self.dot(series, alone.take());
                drawing = false;
                continue;
            };
            let (x, y) = (self.across(x), self.down(y));
            alone = (!drawing).then_some((x, y));
            let _ = write!(path, "{}{x:.1} {y:.1}", if drawing { "L" } else { "M" });
            drawing = true;
        }
        self.dot(series, alone);
        let _ = write!(self.body, r#"<path class="line s{series}" d="{path}"/>"#);
    }

    /// A point without neighbours, which no line shows.
    fn dot(&mut self, series: usize, place: Option<(f64, f64)>) {
        if let Some((x, y)) = place {
            let _ = write!(self.body, r#"<circle class="dot s{series}" cx="{x:.1}" cy="{y:.1}" r="3"/>"#);
        }
    }

    /// A cell of a heat map, so dark (0 to 1), which says on a touch what it stands for.
    pub(super) fn cell(&mut self, x: (f64, f64), y: (f64, f64), dark: f64, says: &str) {
        let (left, right) = (self.across(x.0), self.across(x.1));
        let (top, bottom) = (self.down(y.1), self.down(y.0));
        let _ = write!(
            self.body,
            r#"<rect class="cell" x="{left:.1}" y="{top:.1}" width="{:.1}" height="{:.1}" fill-opacity="{dark:.2}"><title>{}</title></rect>"#,
            (right - left).max(0.5),
            (bottom - top).max(0.5),
            escaped(says)
        );
    }

    /// The plot as an element, with what it shows in words for who does not see it.
    pub(super) fn svg(self, class: &str, label: &str) -> String {
        format!(
            r#"<svg class="{class}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>"#,
            self.width,
            self.height,
            escaped(label),
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        let shown = |axis: Axis| axis.ticks.iter().map(|tick| tick.1.clone()).collect::<Vec<_>>().join(" ");
        let plain = |value: f64| format!("{value}");
        for (axis, expected) in [
            (Axis::linear(0.0, 60.0, 6, plain), "0 10 20 30 40 50 60"),
            (Axis::linear(0.0, 7.3, 4, plain), "0 2 4 6"),
            (Axis::linear(0.0, 0.0, 4, plain), "0 0.5 1"),
            (Axis::decades(0.3, 40.0, plain), "0.1 1 10 100"),
            (Axis::decades(1.0, 1.0, plain), "1 10"),
        ] {
            assert_eq!(shown(axis), expected);
        }
    }
}
