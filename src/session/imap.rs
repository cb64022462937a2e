//! What an IMAP response means for the session (RFC 3501 sections 3 and 7).

use super::{EndStatus, ExchangeId, Framer, Line, Mailbox, Next, Session, State, view::MessageId};
use crate::imap::{Code, Kind, Node, Response, Status, Text, grammar, mailbox_name::canonical};

impl Session {
    pub(super) fn next_response(&mut self) -> Next<Response> {
        let Framer::Imap(framer) = &mut self.framer else { return Ok(None) };
        let Some(frame) = framer.next().map_err(|error| error.to_string())? else { return Ok(None) };
        let mut response = Response::parse(&frame);
        grammar::check_with(&frame, &mut response, self.enabled);
        Ok(Some((frame.octets.into(), response)))
    }

    /// The message that the line's message sequence number means.
    pub(super) fn subject(&self, line: &Line) -> Option<MessageId> {
        let (Kind::Fetch { number, .. } | Kind::Expunge(number)) = line.imap()?.kind else { return None };
        Some(self.mailbox.as_ref()?.message(number)?.id)
    }

    /// A SELECT or EXAMINE takes the old mailbox away as soon as the server comes to it (RFC 3501 section 6.3.1): when no
    /// earlier exchange is open.
    pub(super) fn begin_select(&mut self) {
        let Some(oldest) = self.oldest_open() else { return };
        let command = &self.exchange(oldest).command;
        let examine = match command.name.as_str() {
            "SELECT" => false,
            "EXAMINE" => true,
            _ => return,
        };
        if self.mailbox_from == Some(oldest) {
            return;
        }
        let name = command.first_argument();
        let given = match &self.given {
            Some((given, there)) if canonical(given) == canonical(&name) => there.clone(),
            _ => Vec::new(),
        };
        self.former_mailbox = self.mailbox.replace(Mailbox::open(name, examine, given));
        self.mailbox_from = Some(oldest);
    }

    pub(super) fn apply_response(&mut self, response: &Response, line: &Line) -> Option<ExchangeId> {
        let octets = &line.octets;
        if let Some(mailbox) = &mut self.mailbox {
            mailbox.apply(line);
        }
        match &response.kind {
            Kind::Continuation(_) => self.continuations += 1,
            Kind::Capability(names) => self.learn_capabilities(names, octets),
            Kind::Other { number: None, name, nodes } if name.of(octets).eq_ignore_ascii_case(b"ENABLED") => {
                self.enable(nodes, octets);
            }
            Kind::Status { status, text } => {
                self.capability_code(text, octets);
                self.closed_code(text, octets);
                self.greet_or_leave(*status, line);
            }
            Kind::Tagged { tag, status, text } => {
                let ended = self.complete(tag.of(octets), *status, line);
                // After the state: a login voids what was advertised before, not what comes with its own OK.
                self.capability_code(text, octets);
                return ended;
            }
            _ => {}
        }
        None
    }

    fn greet_or_leave(&mut self, status: Status, line: &Line) {
        if status == Status::Bye {
            self.bye = true;
            self.set_state(State::Logout, line.at);
        } else if !self.greeted {
            let state =
                if status == Status::Preauth { State::Authenticated } else { State::NotAuthenticated };
            self.set_state(state, line.at);
        }
        self.greeted = true;
    }

    fn complete(&mut self, tag: &[u8], status: Status, line: &Line) -> Option<ExchangeId> {
        let id = self.open_exchanges().find(|&id| self.exchange(id).tag.as_bytes() == tag)?;
        let status = match status {
            Status::Ok => EndStatus::Ok,
            Status::No => EndStatus::No,
            _ => EndStatus::Bad,
        };
        self.end_exchange(id, status, line.at);
        self.change_state(id, status, line);
        self.begin_select();
        Some(id)
    }

    fn change_state(&mut self, id: ExchangeId, status: EndStatus, line: &Line) {
        let ok = status == EndStatus::Ok;
        match self.exchange(id).command.name.as_str() {
            "LOGIN" | "AUTHENTICATE" if ok => {
                self.capabilities = None;
                self.set_state(State::Authenticated, line.at);
            }
            "SELECT" | "EXAMINE" if ok => self.set_state(State::Selected, line.at),
            "SELECT" | "EXAMINE" if status == EndStatus::No => self.deselect(line),
            // BAD changes nothing (rfc3501-6-02).
            "SELECT" | "EXAMINE" => self.mailbox = self.former_mailbox.take(),
            "CLOSE" | "UNSELECT" if ok => self.deselect(line),
            "LOGOUT" if ok => self.set_state(State::Logout, line.at),
            _ => {}
        }
    }

    fn deselect(&mut self, line: &Line) {
        self.mailbox = None;
        self.mailbox_from = None;
        if self.state == State::Selected {
            self.set_state(State::Authenticated, line.at);
        }
    }

    fn capability_code(&mut self, text: &Text, octets: &[u8]) {
        let Some(Code { name, arguments, .. }) = &text.code else { return };
        if name.is("CAPABILITY", octets) {
            self.learn_capabilities(arguments, octets);
        }
    }

    /// What came before CLOSED was of the mailbox that a SELECT leaves (RFC 7162 section 3.2.11).
    fn closed_code(&mut self, text: &Text, octets: &[u8]) {
        let closed = text.code.as_ref().is_some_and(|code| code.name.is("CLOSED", octets));
        let Some(oldest) =
            self.open_exchanges().next().filter(|&oldest| closed && self.mailbox_from == Some(oldest))
        else {
            return;
        };
        let examine = self.exchange(oldest).command.name == "EXAMINE";
        if let Some(mailbox) = &mut self.mailbox {
            mailbox.begin_again(examine);
        }
    }

    fn learn_capabilities(&mut self, names: &[Node], octets: &[u8]) {
        let upper = |node: &Node| String::from_utf8_lossy(node.raw(octets)).to_ascii_uppercase();
        self.capabilities = Some(names.iter().map(upper).collect());
    }

    /// What comes from now on may be written in other ways (RFC 5161 section 3.2, RFC 6855 section 3).
    fn enable(&mut self, names: &[Node], octets: &[u8]) {
        let allows_utf8 = |name: &Node| {
            ["UTF8=ACCEPT", "UTF8=ONLY", "IMAP4REV2"].iter().any(|known| name.is(known, octets))
        };
        self.enabled.utf8 |= names.iter().any(allows_utf8);
    }
}
