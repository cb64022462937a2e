//! The generator watches itself: where it, and not the server, is the limit, a run says nothing about the server.

use std::{fs, time::Duration};

use super::{histogram::Durations, trouble::Trouble};

/// The processor time that this thread has used, where the system tells.
pub(super) fn thread_time() -> Option<Duration> {
    // The first number of the file, in nanoseconds.
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

/// Descriptors that the process may have, raised as far as is allowed.
#[cfg(target_os = "linux")]
#[must_use]
pub fn descriptors() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where this is refused, the limit stays.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    getrlimit(Resource::Nofile).current
}

/// Descriptors that the process may have: not known here.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn descriptors() -> Option<u64> {
    None
}

/// A thread that is busier than this has no time left.
const BUSY: f64 = 0.95;
/// What is sent later than this, in one case of a hundred, was not sent as planned.
const LATE: Duration = Duration::from_millis(10);

/// Why the figures of a run are those of the generator, if they are.
pub(super) fn limits<'t>(
    busiest: f64,
    lateness: &Durations,
    errors: impl Iterator<Item = &'t Trouble>,
) -> Vec<String> {
    let mut limits = Vec::new();
    if busiest > BUSY {
        limits.push(format!("a thread of the generator was busy for {:.0} % of the run", busiest * 100.0));
    }
    let late = lateness.quantile(0.99);
    if lateness.count() > 0 && late > LATE {
        limits.push(format!("the generator was late by {:.1} ms (p99)", late.as_secs_f64() * 1e3));
    }
    for trouble in errors {
        let Trouble::NotConnected(why) = trouble else { continue };
        // EMFILE, ENFILE and EADDRNOTAVAIL.
        if ["os error 24)", "os error 23)", "os error 99)"].iter().any(|ours| why.ends_with(ours)) {
            limits.push(format!("the generator could not connect: {why}"));
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_generators_is_told() {
        let mut lateness = Durations::default();
        let of = |busiest, lateness: &Durations, why: &str| {
            limits(busiest, lateness, [Trouble::NotConnected(why.to_owned())].iter())
        };
        assert!(of(0.9, &lateness, "Connection refused (os error 111)").is_empty());
        assert_eq!(of(0.97, &lateness, ""), ["a thread of the generator was busy for 97 % of the run"]);
        (0..95).for_each(|_| lateness.record(Duration::from_millis(1)));
        (0..5).for_each(|_| lateness.record(Duration::from_millis(30)));
        assert_eq!(of(0.1, &lateness, "").len(), 1);
        assert_eq!(of(0.1, &Durations::default(), "Too many open files (os error 24)").len(), 1);
    }
}
