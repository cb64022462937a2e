//! Message flags (RFC 3501 section 2.3.2).

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

/// A system flag that is kept for good. `\Recent` is none of them: it belongs to a session's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// `\Answered`
    Answered,
    /// `\Flagged`
    Flagged,
    /// `\Deleted`
    Deleted,
    /// `\Seen`
    Seen,
    /// `\Draft`
    Draft,
}

impl Flag {
    /// Every system flag but `\Recent`.
    pub const ALL: [Self; 5] = [Self::Answered, Self::Flagged, Self::Deleted, Self::Seen, Self::Draft];

    /// The flag as written on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Seen => "\\Seen",
            Self::Draft => "\\Draft",
        }
    }

    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A keyword: a flag that users define. Its letter case is kept, and ignored when compared.
#[derive(Clone)]
pub struct Keyword(String);

impl Keyword {
    /// A keyword spelled `name`, which must be an atom (the command parser sees to that).
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The keyword as it was first spelled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.0.bytes().map(|octet| octet.to_ascii_lowercase())
    }
}

impl Ord for Keyword {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl PartialOrd for Keyword {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Keyword {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Keyword {}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The permanent flags of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    system: u8,
    keywords: BTreeSet<Keyword>,
}

impl Flags {
    /// Whether `flag` is set.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.system & flag.bit() != 0
    }

    /// Whether `keyword` is set.
    #[must_use]
    pub fn has_keyword(&self, keyword: &Keyword) -> bool {
        self.keywords.contains(keyword)
    }

    /// Sets `flag`.
    pub fn set(&mut self, flag: Flag) {
        self.system |= flag.bit();
    }

    /// Sets `keyword`.
    pub fn set_keyword(&mut self, keyword: Keyword) {
        self.keywords.insert(keyword);
    }

    /// The system flags as the database has them: a bit each, in the order of [`Flag::ALL`].
    pub(super) fn bits(&self) -> u8 {
        self.system
    }

    /// The flags that [`Flags::bits`] were taken from; none if a bit means nothing.
    pub(super) fn from_bits(bits: u8) -> Option<Self> {
        (bits >> Flag::ALL.len() == 0).then(|| Self { system: bits, keywords: BTreeSet::new() })
    }

    /// The system flags that are set.
    pub fn system(&self) -> impl Iterator<Item = Flag> + '_ {
        Flag::ALL.into_iter().filter(|flag| self.has(*flag))
    }

    /// The keywords that are set.
    pub fn keywords(&self) -> impl Iterator<Item = &Keyword> {
        self.keywords.iter()
    }

    /// These flags after `change` with `operand`.
    #[must_use]
    pub fn changed(&self, change: FlagChange, operand: &Self) -> Self {
        match change {
            FlagChange::Replace => operand.clone(),
            FlagChange::Add => Self {
                system: self.system | operand.system,
                keywords: self.keywords.union(&operand.keywords).cloned().collect(),
            },
            FlagChange::Remove => Self {
                system: self.system & !operand.system,
                keywords: self.keywords.difference(&operand.keywords).cloned().collect(),
            },
        }
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut all = Self::default();
        for flag in flags {
            all.set(flag);
        }
        all
    }
}

/// What STORE does with its flags (RFC 3501 section 6.4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagChange {
    /// `FLAGS`: they become the message's flags.
    Replace,
    /// `+FLAGS`: they are added.
    Add,
    /// `-FLAGS`: they are removed.
    Remove,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_touch_what_they_name_and_nothing_else() {
        let mut flags: Flags = [Flag::Seen, Flag::Draft].into_iter().collect();
        flags.set_keyword(Keyword::new("$Work"));
        let mut operand: Flags = [Flag::Seen, Flag::Deleted].into_iter().collect();
        operand.set_keyword(Keyword::new("$WORK"));

        let added = flags.changed(FlagChange::Add, &operand);
        assert_eq!(added.system().collect::<Vec<_>>(), [Flag::Deleted, Flag::Seen, Flag::Draft]);
        assert_eq!(added.keywords().map(Keyword::as_str).collect::<Vec<_>>(), ["$Work"]);

        let removed = flags.changed(FlagChange::Remove, &operand);
        assert_eq!(removed.system().collect::<Vec<_>>(), [Flag::Draft]);
        assert_eq!(removed.keywords().count(), 0);

        assert_eq!(flags.changed(FlagChange::Replace, &operand), operand);
    }
}
