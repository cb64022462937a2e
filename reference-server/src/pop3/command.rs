//! Commands: keyword and arguments (RFC 1939 section 3, RFC 2449 section 4).

use std::num::NonZeroU32;

use thiserror::Error;

use super::capabilities::{Capabilities, Capability};

/// The longest command line with its CRLF (RFC 2449 section 4).
pub(super) const LINE_LIMIT: usize = 255;

/// A message-number (RFC 1939 section 4).
pub(crate) type MessageNumber = NonZeroU32;

/// A command.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// RFC 1939 section 7.
    Apop { name: String, digest: String },
    /// RFC 5034 section 4.
    Auth { mechanism: String, initial_response: Option<String> },
    /// RFC 2449 section 5.
    Capa,
    /// RFC 1939 section 5.
    Dele(MessageNumber),
    /// RFC 6856 section 3.
    Lang(Option<String>),
    /// RFC 1939 section 5.
    List(Option<MessageNumber>),
    /// RFC 1939 section 5.
    Noop,
    /// RFC 1939 section 7.
    Pass { password: String },
    /// RFC 1939 sections 4 and 6.
    Quit,
    /// RFC 1939 section 5.
    Retr(MessageNumber),
    /// RFC 1939 section 5.
    Rset,
    /// RFC 1939 section 5.
    Stat,
    /// RFC 2595 section 4.
    Stls,
    /// RFC 1939 section 7.
    Top { message: MessageNumber, lines: u64 },
    /// RFC 1939 section 7.
    Uidl(Option<MessageNumber>),
    /// RFC 1939 section 7.
    User { name: String },
    /// RFC 6856 section 2.1.
    Utf8,
}

/// Why a line is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum SyntaxError {
    #[error("empty command")]
    Empty,
    #[error("unknown command")]
    Unknown,
    #[error("only printable ASCII may stand in a command")]
    Octet,
    #[error("argument missing, or more than one space in front of it")]
    Missing,
    #[error("too many arguments")]
    Surplus,
    #[error("not a message-number")]
    MessageNumber,
    #[error("not a number of lines")]
    LineCount,
}

impl Command {
    /// Parses a line without its CRLF, for a server with these capabilities.
    pub(super) fn parse(line: &[u8], capabilities: &Capabilities) -> Result<Self, SyntaxError> {
        let line = str::from_utf8(line).map_err(|_| SyntaxError::Octet)?;
        let (keyword, arguments) = match line.split_once(' ') {
            Some((keyword, arguments)) => (keyword, Some(arguments)),
            None => (line, None),
        };
        let keyword = keyword.to_ascii_uppercase();
        // Names and passwords, even before UTF8 (RFC 6856 section 2.2).
        let international =
            capabilities.has(Capability::Utf8) && matches!(keyword.as_str(), "APOP" | "PASS" | "USER");
        let fits = |character: char| {
            matches!(character, ' '..='~')
                || (international && !character.is_ascii() && !character.is_control())
        };
        if !line.chars().all(fits) {
            return Err(SyntaxError::Octet);
        }
        if Capability::behind(&keyword).is_some_and(|capability| !capabilities.has(capability)) {
            return Err(SyntaxError::Unknown);
        }
        Ok(match keyword.as_str() {
            "" => return Err(SyntaxError::Empty),
            "APOP" => {
                let [name, digest] = exactly(arguments)?;
                Self::Apop { name: name.to_owned(), digest: digest.to_owned() }
            }
            "AUTH" => {
                let (mechanism, initial_response) = one_or_two(arguments)?;
                Self::Auth {
                    mechanism: mechanism.to_owned(),
                    initial_response: initial_response.map(str::to_owned),
                }
            }
            "CAPA" => none(arguments, Self::Capa)?,
            "DELE" => Self::Dele(message_number(exactly::<1>(arguments)?[0])?),
            "LANG" => match arguments {
                None => Self::Lang(None),
                Some(_) => Self::Lang(Some(exactly::<1>(arguments)?[0].to_owned())),
            },
            "LIST" => Self::List(optional_message_number(arguments)?),
            "NOOP" => none(arguments, Self::Noop)?,
            "PASS" => Self::Pass { password: password(arguments)? },
            "QUIT" => none(arguments, Self::Quit)?,
            "RETR" => Self::Retr(message_number(exactly::<1>(arguments)?[0])?),
            "RSET" => none(arguments, Self::Rset)?,
            "STAT" => none(arguments, Self::Stat)?,
            "STLS" => none(arguments, Self::Stls)?,
            "TOP" => {
                let [message, lines] = exactly(arguments)?;
                Self::Top {
                    message: message_number(message)?,
                    lines: number(lines).ok_or(SyntaxError::LineCount)?,
                }
            }
            "UIDL" => Self::Uidl(optional_message_number(arguments)?),
            "USER" => Self::User { name: exactly::<1>(arguments)?[0].to_owned() },
            "UTF8" => none(arguments, Self::Utf8)?,
            _ => return Err(SyntaxError::Unknown),
        })
    }
}

/// The command, if no argument follows its keyword.
fn none(arguments: Option<&str>, command: Command) -> Result<Command, SyntaxError> {
    arguments.map_or(Ok(command), |_| Err(SyntaxError::Surplus))
}

/// So many arguments, each after one space.
fn exactly<const COUNT: usize>(arguments: Option<&str>) -> Result<[&str; COUNT], SyntaxError> {
    let arguments: Vec<&str> = arguments.ok_or(SyntaxError::Missing)?.split(' ').collect();
    if arguments.contains(&"") || arguments.len() < COUNT {
        return Err(SyntaxError::Missing);
    }
    arguments.try_into().map_err(|_| SyntaxError::Surplus)
}

fn one_or_two(arguments: Option<&str>) -> Result<(&str, Option<&str>), SyntaxError> {
    match exactly::<1>(arguments) {
        Ok([one]) => Ok((one, None)),
        Err(SyntaxError::Surplus) => exactly::<2>(arguments).map(|[one, two]| (one, Some(two))),
        Err(error) => Err(error),
    }
}

/// PASS has one argument, so what follows the space belongs to the password, spaces included (RFC 1939 section 7).
fn password(arguments: Option<&str>) -> Result<String, SyntaxError> {
    arguments.filter(|password| !password.is_empty()).map(str::to_owned).ok_or(SyntaxError::Missing)
}

fn optional_message_number(arguments: Option<&str>) -> Result<Option<MessageNumber>, SyntaxError> {
    match arguments {
        None => Ok(None),
        Some(_) => message_number(exactly::<1>(arguments)?[0]).map(Some),
    }
}

fn message_number(argument: &str) -> Result<MessageNumber, SyntaxError> {
    number(argument)
        .and_then(|number| u32::try_from(number).ok())
        .and_then(MessageNumber::new)
        .ok_or(SyntaxError::MessageNumber)
}

/// Digits only; a number that 64 bits cannot hold is none.
fn number(argument: &str) -> Option<u64> {
    argument.bytes().all(|octet| octet.is_ascii_digit()).then(|| argument.parse().ok()).flatten()
}

impl std::fmt::Debug for Command {
    /// The command as it might have been sent, without anything secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Apop { name, .. } => write!(formatter, "APOP {name} (digest)"),
            Self::Auth { mechanism, initial_response: None } => write!(formatter, "AUTH {mechanism}"),
            Self::Auth { mechanism, initial_response: Some(_) } => {
                write!(formatter, "AUTH {mechanism} (response)")
            }
            Self::Capa => formatter.write_str("CAPA"),
            Self::Dele(message) => write!(formatter, "DELE {message}"),
            Self::Lang(None) => formatter.write_str("LANG"),
            Self::Lang(Some(range)) => write!(formatter, "LANG {range}"),
            Self::List(None) => formatter.write_str("LIST"),
            Self::List(Some(message)) => write!(formatter, "LIST {message}"),
            Self::Noop => formatter.write_str("NOOP"),
            Self::Pass { .. } => formatter.write_str("PASS (password)"),
            Self::Quit => formatter.write_str("QUIT"),
            Self::Retr(message) => write!(formatter, "RETR {message}"),
            Self::Rset => formatter.write_str("RSET"),
            Self::Stat => formatter.write_str("STAT"),
            Self::Stls => formatter.write_str("STLS"),
            Self::Top { message, lines } => write!(formatter, "TOP {message} {lines}"),
            Self::Uidl(None) => formatter.write_str("UIDL"),
            Self::Uidl(Some(message)) => write!(formatter, "UIDL {message}"),
            Self::User { name } => write!(formatter, "USER {name}"),
            Self::Utf8 => formatter.write_str("UTF8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(line: &[u8]) -> Result<Command, SyntaxError> {
        Command::parse(line, &Capabilities::default())
    }

    fn parsed(line: &str) -> Result<String, SyntaxError> {
        parse(line.as_bytes()).map(|command| format!("{command:?}"))
    }

    #[test]
    fn commands_and_arguments() {
        for (line, command) in [
            ("NOOP", "NOOP"),
            ("nOoP", "NOOP"),
            ("quit", "QUIT"),
            ("LIST", "LIST"),
            ("LIST 2", "LIST 2"),
            ("Uidl", "UIDL"),
            ("UIDL 4294967295", "UIDL 4294967295"),
            ("RETR 0000000000000000000001", "RETR 1"),
            ("TOP 1 0", "TOP 1 0"),
            ("TOP 1 18446744073709551615", "TOP 1 18446744073709551615"),
            ("APOP alice c4c9334bac560ecc979e58001b3e22fb", "APOP alice (digest)"),
            ("AUTH plain", "AUTH plain"),
            ("AUTH PLAIN =", "AUTH PLAIN (response)"),
            ("user alice", "USER alice"),
            ("USER j\u{fc}rgen", "USER j\u{fc}rgen"),
            ("utf8", "UTF8"),
            ("LANG", "LANG"),
            ("lang *", "LANG *"),
        ] {
            assert_eq!(parsed(line).as_deref(), Ok(command), "{line:?}");
        }
        let password = |line: &str| match parse(line.as_bytes()) {
            Ok(Command::Pass { password }) => password,
            other => panic!("{line:?}: {other:?}"),
        };
        assert_eq!(password("PASS secret"), "secret");
        assert_eq!(password("PASS  two  words "), " two  words ");
    }

    #[test]
    fn what_is_no_command() {
        use SyntaxError::{Empty, LineCount, MessageNumber, Missing, Octet, Surplus, Unknown};
        for (line, error) in [
            ("", Empty),
            (" ", Empty),
            (" NOOP", Empty),
            ("LAST", Unknown),
            ("XYZZY 1", Unknown),
            (":", Unknown),
            ("NOOP\t", Octet),
            ("RETR\t1", Octet),
            ("LIST \u{b2}", Octet),
            ("USER a\u{85}b", Octet),
            ("UTF8 USER", Surplus),
            ("LANG ", Missing),
            ("LANG en de", Surplus),
            ("NOOP\nNOOP", Octet),
            ("NOOP\r", Octet),
            ("NOOP\0", Octet),
            ("NOOP ", Surplus),
            ("STAT x", Surplus),
            ("QUIT now", Surplus),
            ("STLS 1", Surplus),
            ("RETR", Missing),
            ("RETR ", Missing),
            ("RETR  1", Missing),
            ("RETR 1 ", Missing),
            ("RETR 1 2", Surplus),
            ("LIST ", Missing),
            ("LIST 1 2", Surplus),
            ("TOP", Missing),
            ("TOP 1", Missing),
            ("TOP 1 2 3", Surplus),
            ("TOP 1 -1", LineCount),
            ("TOP 1 x", LineCount),
            ("TOP 1 18446744073709551616", LineCount),
            ("RETR 0", MessageNumber),
            ("RETR 000", MessageNumber),
            ("RETR +1", MessageNumber),
            ("DELE -1", MessageNumber),
            ("RETR 1x", MessageNumber),
            ("UIDL 1.5", MessageNumber),
            ("RETR 4294967296", MessageNumber),
            ("RETR 4294967297", MessageNumber),
            ("RETR 18446744073709551617", MessageNumber),
            ("USER", Missing),
            ("USER ", Missing),
            ("USER a b", Surplus),
            ("PASS", Missing),
            ("PASS ", Missing),
            ("APOP alice", Missing),
            ("APOP alice x y", Surplus),
            ("AUTH", Missing),
            ("AUTH  PLAIN", Missing),
            ("AUTH PLAIN a b", Surplus),
        ] {
            assert_eq!(parsed(line), Err(error), "{line:?}");
        }
    }

    #[test]
    fn names_and_passwords_are_utf8_or_nothing() {
        for line in [b"USER u\xC3\x28".as_slice(), b"PASS \xC0\xAF", b"USER \xFC", b"PASS a\xE2\x82"] {
            assert_eq!(parse(line), Err(SyntaxError::Octet));
        }
    }

    #[test]
    fn what_is_hidden_is_unknown() {
        let capabilities = Capabilities::without(Capability::ALL);
        for line in ["UTF8", "LANG", "TOP 1 2", "UIDL", "USER a", "PASS b", "STLS"] {
            assert_eq!(Command::parse(line.as_bytes(), &capabilities), Err(SyntaxError::Unknown), "{line}");
        }
        assert_eq!(Command::parse("USER \u{fc}".as_bytes(), &capabilities), Err(SyntaxError::Octet));
        assert_eq!(Command::parse(b"NOOP", &capabilities), Ok(Command::Noop));
    }

    proptest! {
        #[test]
        fn any_octets_are_a_command_or_an_error(line in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&line);
        }

        #[test]
        fn a_command_reads_back_as_itself(
            keyword in prop_oneof![Just("LIST"), Just("RETR"), Just("DELE"), Just("UIDL")],
            message in 1..=u32::MAX,
            lines in any::<u64>(),
            upper in any::<bool>(),
        ) {
            for text in [format!("{keyword} {message}"), format!("TOP {message} {lines}")] {
                let sent = if upper { text.clone() } else { text.to_lowercase() };
                prop_assert_eq!(parsed(&sent), Ok(text));
            }
        }

        #[test]
        fn a_space_too_many_is_refused(line in "[A-Za-z]{3,4}( [!-~]{1,5}){0,2}", at in any::<prop::sample::Index>()) {
            // Anywhere but inside a password, which owns its spaces.
            prop_assume!(!line.to_ascii_uppercase().starts_with("PASS"));
            let spaces: Vec<usize> = line.match_indices(' ').map(|(at, _)| at).chain([line.len()]).collect();
            let mut sent = line.clone();
            sent.insert(spaces[at.index(spaces.len())], ' ');
            prop_assert!(parsed(&sent).is_err(), "{sent:?}");
        }
    }
}
