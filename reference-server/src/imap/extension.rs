//! The extensions of IMAP4rev1, and which of them a server offers.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An extension that the server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extension {
    /// BINARY (RFC 3516).
    Binary,
    /// CHILDREN (RFC 3348).
    Children,
    /// CONDSTORE (RFC 7162 section 3.1).
    Condstore,
    /// ENABLE (RFC 5161).
    Enable,
    /// ESEARCH (RFC 4731).
    Esearch,
    /// I18NLEVEL=1 (RFC 5255): texts are compared by i;unicode-casemap.
    I18nLevel1,
    /// ID (RFC 2971).
    Id,
    /// IDLE (RFC 2177).
    Idle,
    /// LIST-EXTENDED (RFC 5258).
    ListExtended,
    /// LIST-STATUS (RFC 5819).
    ListStatus,
    /// LITERAL+ (RFC 7888).
    LiteralPlus,
    /// MOVE (RFC 6851).
    Move,
    /// MULTIAPPEND (RFC 3502).
    MultiAppend,
    /// NAMESPACE (RFC 2342).
    Namespace,
    /// QRESYNC (RFC 7162 section 3.2).
    Qresync,
    /// SASL-IR (RFC 4959).
    SaslIr,
    /// SEARCHRES (RFC 5182).
    SearchRes,
    /// SORT (RFC 5256).
    Sort,
    /// SPECIAL-USE (RFC 6154).
    SpecialUse,
    /// STATUS=SIZE (RFC 8438).
    StatusSize,
    /// THREAD=ORDEREDSUBJECT (RFC 5256).
    ThreadOrderedSubject,
    /// THREAD=REFERENCES (RFC 5256).
    ThreadReferences,
    /// UIDPLUS (RFC 4315).
    UidPlus,
    /// UNSELECT (RFC 3691).
    Unselect,
}

/// No extension has this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no such IMAP extension; these are known: {known}")]
pub struct UnknownExtension {
    known: String,
}

impl Extension {
    /// All, in the order in which they are advertised.
    pub const ALL: [Self; 24] = [
        Self::LiteralPlus,
        Self::SaslIr,
        Self::Id,
        Self::Idle,
        Self::Namespace,
        Self::Children,
        Self::UidPlus,
        Self::Unselect,
        Self::Move,
        Self::Enable,
        Self::Esearch,
        Self::SearchRes,
        Self::ListExtended,
        Self::SpecialUse,
        Self::ListStatus,
        Self::MultiAppend,
        Self::StatusSize,
        Self::Binary,
        Self::Sort,
        Self::ThreadOrderedSubject,
        Self::ThreadReferences,
        Self::I18nLevel1,
        Self::Condstore,
        Self::Qresync,
    ];

    /// The name as CAPABILITY spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "BINARY",
            Self::Children => "CHILDREN",
            Self::Condstore => "CONDSTORE",
            Self::Enable => "ENABLE",
            Self::Esearch => "ESEARCH",
            Self::I18nLevel1 => "I18NLEVEL=1",
            Self::Id => "ID",
            Self::Idle => "IDLE",
            Self::ListExtended => "LIST-EXTENDED",
            Self::ListStatus => "LIST-STATUS",
            Self::LiteralPlus => "LITERAL+",
            Self::Move => "MOVE",
            Self::MultiAppend => "MULTIAPPEND",
            Self::Namespace => "NAMESPACE",
            Self::Qresync => "QRESYNC",
            Self::SaslIr => "SASL-IR",
            Self::SearchRes => "SEARCHRES",
            Self::Sort => "SORT",
            Self::SpecialUse => "SPECIAL-USE",
            Self::StatusSize => "STATUS=SIZE",
            Self::ThreadOrderedSubject => "THREAD=ORDEREDSUBJECT",
            Self::ThreadReferences => "THREAD=REFERENCES",
            Self::UidPlus => "UIDPLUS",
            Self::Unselect => "UNSELECT",
        }
    }

    /// Whether it is of use, and advertised, before login.
    pub(super) fn precedes_login(self) -> bool {
        matches!(self, Self::LiteralPlus | Self::SaslIr | Self::Id)
    }

    /// The extensions without which this one cannot be offered.
    fn foundations(self) -> &'static [Self] {
        match self {
            Self::SpecialUse | Self::ListStatus => &[Self::ListExtended],
            Self::SearchRes => &[Self::Esearch],
            Self::Qresync => &[Self::Condstore, Self::Enable],
            _ => &[],
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Extension {
    type Err = UnknownExtension;

    /// Reads a name in any letter case.
    fn from_str(text: &str) -> Result<Self, UnknownExtension> {
        let named = |extension: &Self| extension.name().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| UnknownExtension { known: Self::ALL.map(Self::name).join(", ") })
    }
}

/// The extensions that a server offers; by default all. One that is hidden is not advertised, and what it adds to the
/// syntax is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    hidden: BTreeSet<Extension>,
}

impl Extensions {
    /// All but these, and but those that build on them.
    #[must_use]
    pub fn without(hidden: impl IntoIterator<Item = Extension>) -> Self {
        Self { hidden: hidden.into_iter().collect() }
    }

    /// Whether this one is offered.
    #[must_use]
    pub fn has(&self, extension: Extension) -> bool {
        !self.hidden.contains(&extension) && extension.foundations().iter().all(|other| self.has(*other))
    }

    /// Those that are offered, in the order in which they are advertised.
    pub(super) fn iter(&self) -> impl Iterator<Item = Extension> + '_ {
        Extension::ALL.into_iter().filter(|extension| self.has(*extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_letter_case() {
        for extension in Extension::ALL {
            assert_eq!(extension.name().to_ascii_lowercase().parse(), Ok(extension));
        }
        let error = "XMOVE".parse::<Extension>().unwrap_err().to_string();
        assert!(error.starts_with("no such IMAP extension; these are known: LITERAL+, SASL-IR, "), "{error}");
    }
}
