//! What a POP3 reply means for the session (RFC 1939 section 3).

use super::{EndStatus, ExchangeId, Framer, Line, Next, Session, State};
use crate::pop3::grammar::{self, Form};
use crate::pop3::{Expect, Indicator, Reply};

impl Session {
    pub(super) fn next_reply(&mut self) -> Next<Reply> {
        let awaited = self.oldest_open().filter(|_| self.greeted).map(|id| &self.exchange(id).command);
        let multi_line = awaited.is_some_and(|command| is_multi_line(&command.name, &command.arguments));
        let form = match awaited {
            _ if !self.greeted => Form::Greeting,
            Some(command) => Form::answering(&command.name, &command.arguments),
            None => Form::Text,
        };
        let expect = if multi_line { Expect::MultiLine } else { Expect::SingleLine };
        let Framer::Pop3(framer) = &mut self.framer else { return Ok(None) };
        let Some(frame) = framer.next(expect).map_err(|error| error.to_string())? else { return Ok(None) };
        let mut reply = Reply::parse(&frame);
        grammar::check(&frame, &mut reply, form);
        if self.capabilities.iter().flatten().any(|name| name == "RESP-CODES") {
            grammar::check_response_code(&frame, &mut reply);
        }
        Ok(Some((frame.octets.into(), reply)))
    }

    pub(super) fn apply_reply(&mut self, reply: &Reply, line: &Line) -> Option<ExchangeId> {
        if !self.greeted {
            self.greeted = true;
            if reply.indicator == Indicator::Ok {
                self.set_state(State::Authorization, line.at);
            }
            return None;
        }
        let id = self.oldest_open()?;
        let status = match reply.indicator {
            Indicator::Ok => EndStatus::Ok,
            Indicator::Err | Indicator::Garbage => EndStatus::No,
            Indicator::Continue => {
                self.continuations += 1;
                return None;
            }
        };
        self.end_exchange(id, status, line.at);
        if status == EndStatus::Ok {
            match self.exchange(id).command.name.as_str() {
                "PASS" | "APOP" => self.logged_in(line),
                "AUTH" if !self.exchange(id).command.arguments.is_empty() => self.logged_in(line),
                "QUIT" if self.state == State::Transaction => self.set_state(State::Update, line.at),
                "CAPA" => self.learn_capa(reply, line),
                _ => {}
            }
        }
        Some(id)
    }

    fn logged_in(&mut self, line: &Line) {
        self.capabilities = None;
        self.set_state(State::Transaction, line.at);
    }

    fn learn_capa(&mut self, reply: &Reply, line: &Line) {
        let names = reply
            .lines(&line.octets)
            .map(|entry| String::from_utf8_lossy(entry.content.of(&line.octets)).to_ascii_uppercase());
        self.capabilities = Some(names.collect());
    }
}

/// Is a `+OK` to this command followed by more lines? (RFC 1939 sections 5 and 7, RFC 2449 section 5, RFC 5034 section 4)
#[must_use]
fn is_multi_line(name: &str, arguments: &[u8]) -> bool {
    match name {
        "RETR" | "TOP" | "CAPA" => true,
        "LIST" | "UIDL" | "LANG" | "AUTH" => arguments.is_empty(),
        _ => false,
    }
}
