//! Commands (RFC 2033 section 4, RFC 5321 section 4.1.1).

use thiserror::Error;

use super::path::Path;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Lhlo {
        /// The name that the client gives itself.
        client: String,
    },
    Mail {
        sender: Path,
        /// The size that it declares (RFC 1870).
        size: Option<u64>,
    },
    Rcpt {
        recipient: Path,
    },
    Data,
    Rset,
    Noop,
    Vrfy,
    Quit,
}

/// Why a line is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum SyntaxError {
    #[error("unknown command")]
    Unknown,
    #[error("this is LMTP: say LHLO")]
    Smtp,
    #[error("a command is printable text in UTF-8")]
    Octet,
    #[error("argument missing")]
    Missing,
    #[error("no argument belongs here")]
    Surplus,
    #[error("not a path in angle brackets")]
    Path,
    #[error("parameter unknown or malformed")]
    Parameter,
}

impl Command {
    /// Parses a line without its CRLF.
    pub(super) fn parse(line: &[u8]) -> Result<Self, SyntaxError> {
        let line = str::from_utf8(line).map_err(|_| SyntaxError::Octet)?;
        if line.chars().any(char::is_control) {
            return Err(SyntaxError::Octet);
        }
        // RFC 5321 section 4.1.1: trailing white space is tolerated.
        let line = line.trim_end_matches(' ');
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "LHLO" | "VRFY" if argument.is_empty() => Err(SyntaxError::Missing),
            "LHLO" => Ok(Self::Lhlo { client: argument.to_owned() }),
            "HELO" | "EHLO" => Err(SyntaxError::Smtp),
            "MAIL" => {
                let (sender, parameters) = path(argument, "FROM:")?;
                let mut size = None;
                for parameter in parameters {
                    let (name, value) = parameter.split_once('=').ok_or(SyntaxError::Parameter)?;
                    match name.to_ascii_uppercase().as_str() {
                        "SIZE" if size.is_none() => size = Some(octets(value)?),
                        "BODY"
                            if ["7BIT", "8BITMIME"].iter().any(|body| body.eq_ignore_ascii_case(value)) => {}
                        _ => return Err(SyntaxError::Parameter),
                    }
                }
                Ok(Self::Mail { sender, size })
            }
            "RCPT" => match path(argument, "TO:")? {
                (recipient, _) if recipient.local.is_empty() => Err(SyntaxError::Path),
                (_, parameters) if !parameters.is_empty() => Err(SyntaxError::Parameter),
                (recipient, _) => Ok(Self::Rcpt { recipient }),
            },
            "DATA" => none(argument, Self::Data),
            "RSET" => none(argument, Self::Rset),
            "QUIT" => none(argument, Self::Quit),
            // RFC 5321 section 4.1.1.9: what it may say is ignored.
            "NOOP" => Ok(Self::Noop),
            "VRFY" => Ok(Self::Vrfy),
            _ => Err(SyntaxError::Unknown),
        }
    }
}

fn none(argument: &str, command: Command) -> Result<Command, SyntaxError> {
    if argument.is_empty() { Ok(command) } else { Err(SyntaxError::Surplus) }
}

/// The path behind `keyword`, and the parameters behind the path.
fn path<'a>(argument: &'a str, keyword: &str) -> Result<(Path, Vec<&'a str>), SyntaxError> {
    let (head, rest) = argument.split_at_checked(keyword.len()).ok_or(SyntaxError::Path)?;
    if !head.eq_ignore_ascii_case(keyword) {
        return Err(SyntaxError::Path);
    }
    // Many clients put a space behind the colon.
    let (path, rest) = Path::read(rest.trim_start_matches(' ')).ok_or(SyntaxError::Path)?;
    if !rest.is_empty() && !rest.starts_with(' ') {
        return Err(SyntaxError::Path);
    }
    Ok((path, rest.split(' ').filter(|parameter| !parameter.is_empty()).collect()))
}

/// A size of at most 20 digits (RFC 1870 section 3); what 64 bits cannot hold is more than there is room for.
fn octets(value: &str) -> Result<u64, SyntaxError> {
    let digits = (1..=20).contains(&value.len()) && value.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| value.parse().unwrap_or(u64::MAX)).ok_or(SyntaxError::Parameter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_command() {
        use SyntaxError::{Missing, Octet, Parameter, Path, Smtp, Surplus, Unknown};
        for (line, error) in [
            ("", Unknown),
            ("XYZZY", Unknown),
            ("EXPN list", Unknown),
            ("STARTTLS", Unknown),
            ("EHLO there", Smtp),
            ("helo there", Smtp),
            ("LHLO", Missing),
            ("LHLO ", Missing),
            ("VRFY", Missing),
            ("DATA now", Surplus),
            ("QUIT 1", Surplus),
            ("RSET x", Surplus),
            ("MAIL", Path),
            ("MAIL TO:<a>", Path),
            ("MAIL FROM:a", Path),
            ("MAIL FROM:<a>SIZE=1", Path),
            ("MAIL FROM:<a> SIZE", Parameter),
            ("MAIL FROM:<a> SIZE=", Parameter),
            ("MAIL FROM:<a> SIZE=-1", Parameter),
            ("MAIL FROM:<a> SIZE=1 SIZE=1", Parameter),
            ("MAIL FROM:<a> BODY=BINARYMIME", Parameter),
            ("MAIL FROM:<a> XFOO=1", Parameter),
            ("RCPT TO:<>", Path),
            ("RCPT TO:<a> NOTIFY=NEVER", Parameter),
            ("NOOP\0", Octet),
            ("NOOP\n", Octet),
        ] {
            assert_eq!(Command::parse(line.as_bytes()), Err(error), "{line:?}");
        }
        assert_eq!(Command::parse(b"NOOP \xff"), Err(Octet));
    }

    #[test]
    fn commands_and_arguments() {
        let mail = |line: &str| match Command::parse(line.as_bytes()) {
            Ok(Command::Mail { sender, size }) => (sender.address, size),
            other => panic!("{line:?}: {other:?}"),
        };
        assert_eq!(mail("mail from:<> "), (String::new(), None));
        assert_eq!(mail("MAIL FROM: <a@b> body=8bitmime SIZE=12"), ("a@b".into(), Some(12)));
        assert_eq!(mail("MAIL FROM:<a> SIZE=99999999999999999999").1, Some(u64::MAX));
        assert_eq!(Command::parse(b"noop anything"), Ok(Command::Noop));
        assert_eq!(Command::parse(b"LHLO [::1]"), Ok(Command::Lhlo { client: "[::1]".into() }));
    }

    proptest! {
        #[test]
        fn any_octets_are_a_command_or_an_error(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Command::parse(&line);
        }
    }
}
