//! What the values of arguments look like.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use crate::auth::{Mechanism, User};
use crate::faults::{Fault, UnknownFault};
use crate::imap::Extension;
use crate::pop3::Capability;

/// What `--without` can hide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// An extension of IMAP.
    Extension(Extension),
    /// STARTTLS of IMAP.
    Starttls,
    /// A capability of POP3.
    Capability(Capability),
    /// A SASL mechanism, in both.
    Mechanism(Mechanism),
}

impl FromStr for Feature {
    type Err = String;

    /// Reads a name in any letter case.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("STARTTLS") {
            return Ok(Self::Starttls);
        }
        let extension = text.parse().map(Self::Extension).ok();
        let capability = || text.parse().map(Self::Capability).ok();
        let mechanism = || Mechanism::from_name(text).map(Self::Mechanism);
        extension.or_else(capability).or_else(mechanism).ok_or_else(|| {
            let imap = Extension::ALL.map(Extension::name).join(", ");
            let pop3 = Capability::ALL.map(Capability::name).join(", ");
            let sasl = Mechanism::ALL.map(Mechanism::name).join(", ");
            format!("nothing has this name; IMAP: STARTTLS, {imap}; POP3: {pop3}; SASL: {sasl}")
        })
    }
}

/// The port on loopback.
pub(super) fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(loopback(port));
    }
    text.parse().map_err(|_| {
        "expected an address and a port, like 127.0.0.1:1143 or [::1]:1143, or a port".to_owned()
    })
}

pub(super) fn user(text: &str) -> Result<User, String> {
    match text.split_once(':') {
        Some((name, password)) if !name.is_empty() && !password.is_empty() => Ok(User::new(name, password)),
        _ => Err("expected a name, a colon and a password".to_owned()),
    }
}

pub(super) fn fault(name: &str) -> Result<&'static Fault, UnknownFault> {
    name.parse()
}

/// `90s`, `30m`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = in_units(text, &[("s", 1), ("m", 60), ("h", 3600)]);
    // A hundred years and more make the clocks overflow.
    match seconds.filter(|seconds| (1..=3_000_000_000).contains(seconds)) {
        Some(seconds) => Ok(Duration::from_secs(seconds)),
        None => Err("expected a time above zero, like 90s, 30m or 1h".to_owned()),
    }
}

/// A number of octets, or with a unit: `64MiB`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let octets = in_units(text, &[("", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]);
    // The size of a message has 32 bits in IMAP.
    match octets.filter(|octets| (1..=u64::from(u32::MAX)).contains(octets)) {
        Some(octets) => Ok(octets),
        None => Err("expected a size from 1 to below 4GiB, like 1000000, 512KiB or 64MiB".to_owned()),
    }
}

/// A number and one of the units, each with what it stands for.
fn in_units(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = &text[digits.len()..];
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_have_units() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1h", 3600)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "s", "90", "0s", "1d", "-1s", "1 s", "1ms", "99999999999h", "18446744073709551615m"]
        {
            assert!(duration(text).is_err(), "{text:?}");
        }
        for (text, octets) in [("1", 1), ("512KiB", 524_288), ("64MiB", 67_108_864), ("3GiB", 3 << 30)] {
            assert_eq!(size(text), Ok(octets));
        }
        for text in ["", "0", "4GiB", "1MB", "MiB", "-1", "1.5MiB", "18446744073709551615GiB"] {
            assert!(size(text).is_err(), "{text:?}");
        }
    }
}
