//! The `hgrm` report: latency by percentile, all commands together, in the form that HdrHistogram prints and its plotters read.
//! Values are milliseconds.

use std::fmt::Write;

use super::{all_commands, record::Record};

/// Steps before the distance to 100 % has halved.
const STEPS: u32 = 5;

/// The report as a table of percentiles.
#[must_use]
pub fn render(record: &Record) -> String {
    let durations = all_commands(record);
    let histogram = durations.histogram();
    let ms = |nanoseconds: f64| nanoseconds / 1e6;
    let mut text =
        format!("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    let mut total = 0;
    for value in histogram.iter_quantiles(STEPS) {
        total += value.count_since_last_iteration();
        let share = value.quantile_iterated_to();
        #[expect(clippy::cast_precision_loss, reason = "a duration is shown to the microsecond")]
        let upper = ms(value.value_iterated_to() as f64);
        let _ = write!(text, "{upper:12.3} {share:2.12} {total:10}");
        let _ = if share < 1.0 { writeln!(text, " {:14.2}", 1.0 / (1.0 - share)) } else { writeln!(text) };
    }
    #[expect(clippy::cast_precision_loss, reason = "as above")]
    let max = ms(histogram.max() as f64);
    let (mean, deviation) = (ms(histogram.mean()), ms(histogram.stdev()));
    let (buckets, count) = (histogram.buckets(), histogram.len());
    let _ = writeln!(text, "#[Mean    = {mean:12.3}, StdDeviation   = {deviation:12.3}]");
    let _ = writeln!(text, "#[Max     = {max:12.3}, Total count    = {count:12}]");
    let _ = writeln!(text, "#[Buckets = {buckets:12}, SubBuckets     = {:12}]", 2048);
    text
}
