//! The internal date of a message (RFC 3501 section 2.3.3).

/// An instant and the zone it was given in, so that a date comes back as it was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InternalDate {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub epoch: i64,
    /// Minutes that the zone is east of UTC.
    pub offset_minutes: i32,
}

impl InternalDate {
    /// The instant `epoch`, in UTC.
    #[must_use]
    pub fn utc(epoch: u64) -> Self {
        Self { epoch: i64::try_from(epoch).unwrap_or(i64::MAX), offset_minutes: 0 }
    }
}
