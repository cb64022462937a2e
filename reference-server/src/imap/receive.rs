//! The next command: lines and literals until it is whole, or a refusal.

use tokio::time::timeout;

use super::command::{self, Command, Segment, Stop};
use super::response::{Code, Condition, Response};
use super::session::{Completion, End, Session, Step};
use super::wire::{LINE_LIMIT, Line};
use crate::net::Transport;

/// Largest literal that is no message.
const ARGUMENT_LIMIT: u64 = LINE_LIMIT as u64;

/// Most literals in a command.
const MOST_LITERALS: usize = 100;

/// Malformed commands in a row before the session ends.
const MOST_MALFORMED: u32 = 20;

/// The largest unwelcome literal that is read and thrown away; a larger one ends the session.
const SKIPPED_LIMIT: u64 = 64 * 1024 * 1024;

impl<T: Transport> Session<'_, T> {
    /// The next command. `None` if it was refused, with the refusal queued.
    pub(super) async fn next_command(&mut self) -> Step<Option<(String, Command)>> {
        let mut segments = Vec::new();
        match self.line().await? {
            Line::Complete(mut line) => {
                if let Some(seams) = &mut self.seams {
                    seams.line(&mut line);
                }
                segments.push(Segment::Line(line));
            }
            Line::TooLong { head, tail } => return self.too_long(vec![Segment::Line(head)], tail).await,
        }
        loop {
            match command::parse(&segments, self.state(), self.extensions()) {
                Ok(command) => {
                    self.malformed = 0;
                    return Ok(Some(command));
                }
                Err(Stop::Literal { size, synchronizing, append_to }) => {
                    let refusal = match segments.len() / 2 < MOST_LITERALS {
                        true => self.refusal_of_literal(size, held(&segments), append_to.as_deref()),
                        false => Some(Completion::bad("too many literals in one command")),
                    };
                    if let Some(refusal) = refusal {
                        return self.refuse(&segments, refusal).await;
                    }
                    if synchronizing {
                        self.send(Response::Continue("go ahead".to_owned())).await?;
                        self.flush().await?;
                    }
                    segments.push(Segment::Literal(self.literal(size).await?));
                    match self.line().await? {
                        Line::Complete(line) => segments.push(Segment::Line(line)),
                        Line::TooLong { tail, .. } => return self.too_long(segments, tail).await,
                    }
                }
                Err(Stop::State(why)) => return self.refuse(&segments, Completion::bad(why)).await,
                Err(Stop::Syntax(why)) => {
                    self.malformed += 1;
                    return self.refuse(&segments, Completion::bad(why)).await;
                }
            }
        }
    }

    /// Why a literal is not wanted, said before the client is invited to send it.
    fn refusal_of_literal(&self, size: u64, held: u64, append_to: Option<&str>) -> Option<Completion> {
        match (append_to, &self.account) {
            (Some(mailbox), Some(account)) => match account.accepts_messages(mailbox) {
                Err(error) => Some(super::append::refusal(error)),
                // All messages of one APPEND together.
                Ok(()) if size.saturating_add(held) > self.connection.shared.config.limits.message => {
                    Some(Completion::no("the message is too large").with(Code::TooBig))
                }
                Ok(()) if size == 0 => Some(Completion::no("a message has at least one octet")),
                Ok(()) => None,
            },
            _ => (size > ARGUMENT_LIMIT).then(|| Completion::bad("the literal is too large")),
        }
    }

    async fn too_long(&mut self, segments: Vec<Segment>, tail: Vec<u8>) -> Step<Option<(String, Command)>> {
        self.malformed += 1;
        self.skip_literals(tail).await?;
        self.say(command::tag(&segments), Completion::bad("the line is too long").with(Code::Limit)).await
    }

    /// Refuses a command. Literals that the client sends without an invitation belong to it and are not commands.
    async fn refuse(&mut self, segments: &[Segment], refusal: Completion) -> Step<Option<(String, Command)>> {
        if let (Some(seams), Some(account)) = (&self.seams, &self.account) {
            seams.refused(segments, account);
        }
        if let Some(Segment::Line(line)) = segments.last() {
            self.skip_literals(line.clone()).await?;
        }
        self.say(command::tag(segments), refusal).await
    }

    async fn say(&mut self, tag: Option<String>, refusal: Completion) -> Step<Option<(String, Command)>> {
        let Completion { condition, code, text } = refusal;
        self.send(Response::Status { tag, condition, code, text }).await?;
        match self.malformed < MOST_MALFORMED {
            true => Ok(None),
            false => self.take_leave("too many malformed commands").await,
        }
    }

    /// Reads the rest of a command whose line so far is `line`, and forgets it.
    async fn skip_literals(&mut self, mut line: Vec<u8>) -> Step {
        while let Some(mut size) = announced_literal(&line) {
            if size > SKIPPED_LIMIT {
                let code = Some(Code::TooBig);
                self.send(Response::untagged(Condition::Bye, code, "the literal is too large")).await?;
                return Err(End::Closed);
            }
            while size > 0 {
                size -= self.some_of_literal(size).await?.len() as u64;
            }
            line = match self.line().await? {
                Line::Complete(line) | Line::TooLong { tail: line, .. } => line,
            };
        }
        Ok(())
    }

    /// A line from the client. The autologout timer (RFC 3501 section 5.4) runs until it is complete.
    pub(super) async fn line(&mut self) -> Step<Line> {
        let mut limit = self.connection.shared.config.timeouts.imap;
        if let Some(seams) = &self.seams {
            seams.patience(&mut limit);
        }
        let line = tokio::select! {
            line = timeout(limit, self.wire.line()) => line,
            () = self.connection.server_closing() => return self.take_leave("the server is shutting down").await,
        };
        match line {
            Ok(line) => line?.ok_or(End::Closed),
            Err(_) => self.take_leave("autologout: no command for too long").await,
        }
    }

    async fn literal(&mut self, size: u64) -> Step<Vec<u8>> {
        let mut octets = Vec::new();
        while let Some(missing @ 1..) = size.checked_sub(octets.len() as u64) {
            octets.extend(self.some_of_literal(missing).await?);
        }
        Ok(octets)
    }

    async fn some_of_literal(&mut self, wanted: u64) -> Step<Vec<u8>> {
        let limit = self.connection.shared.config.timeouts.imap;
        let octets = tokio::select! {
            octets = timeout(limit, self.wire.literal(wanted)) => octets,
            () = self.connection.server_closing() => return self.take_leave("the server is shutting down").await,
        };
        match octets {
            Ok(octets) => octets?.ok_or(End::Closed),
            Err(_) => self.take_leave("autologout: no command for too long").await,
        }
    }
}

/// How many octets of literals have arrived.
fn held(segments: &[Segment]) -> u64 {
    let literals = segments.iter().map(|segment| match segment {
        Segment::Literal(octets) => octets.len() as u64,
        Segment::Line(_) => 0,
    });
    literals.sum()
}

/// The size of the non-synchronizing literal that follows this line, if one does (RFC 7888).
fn announced_literal(line: &[u8]) -> Option<u64> {
    let rest = line.strip_suffix(b"+}")?;
    let digits = &rest[rest.iter().rposition(|octet| *octet == b'{')? + 1..];
    std::str::from_utf8(digits)
        .ok()
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_non_synchronizing_literals_are_announced() {
        for (line, size) in [
            ("a LOGIN {3+}", Some(3)),
            ("a LOGIN {3}", None),
            ("a LOGIN {+}", None),
            ("a LOGIN {-3+}", None),
            ("a LOGIN {3+} ", None),
            ("{18446744073709551616+}", None),
            ("3+}", None),
        ] {
            assert_eq!(announced_literal(line.as_bytes()), size, "{line}");
        }
    }
}
