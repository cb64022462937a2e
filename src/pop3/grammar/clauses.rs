//! Which clauses the grammar enforces.

/// The clauses that the grammar enforces, sorted: those that its faults name.
pub const CLAUSES: &[&str] = &[
    "rfc1939-3-07",
    "rfc1939-3-08",
    "rfc1939-3-09",
    "rfc1939-3-10",
    "rfc1939-3-11",
    "rfc1939-3-12",
    "rfc1939-3-13",
    "rfc1939-5-LIST-01",
    "rfc1939-5-LIST-04",
    "rfc1939-5-LIST-06",
    "rfc1939-5-STAT-02",
    "rfc1939-5-STAT-06",
    "rfc1939-7-APOP-02",
    "rfc1939-7-UIDL-01",
    "rfc1939-7-UIDL-03",
    "rfc1939-7-UIDL-04",
    "rfc2449-3-03",
    "rfc2449-3-04",
    "rfc2449-3-08",
    "rfc2449-5-08",
    "rfc2449-6.4-01",
    "rfc2449-6.5-02",
    "rfc2449-6.7-08",
    "rfc2449-6.9-01",
];
