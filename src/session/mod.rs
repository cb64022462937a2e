//! One conversation without I/O: octets and time in, octets and events out.
//!
//! A [`Session`] is told what was sent and what arrived; it tracks exchanges, the session's [`State`], the [`Mailbox`] as
//! the server has told it, and writes the transcript. Watch rules look on as an [`Observer`]. Whoever drives it decides
//! about transport, time and patience.

pub mod exchange;
mod imap;
pub mod line;
mod memory;
mod pop3;
pub mod state;
pub mod transcript;
pub mod view;

use std::sync::Arc;

pub use exchange::{Command, End, EndStatus, Exchange, ExchangeId};
pub use line::{Content, Line};
pub use state::State;
pub use transcript::Scribe;
pub use view::Mailbox;

use crate::scenario::program::Protocol;

/// A moment: the time since the run began.
pub type Time = std::time::Duration;

/// Looks on while a session takes in what arrives.
pub trait Observer {
    /// A command was sent; its exchange is open now.
    fn opened(&mut self, _session: &Session, _exchange: ExchangeId) {}
    /// A line has arrived; the session does not yet know what it says.
    fn arrived(&mut self, _before: &Session, _line: &Line) {}
    /// The session has taken the line in; `ended` is the exchange that it completed.
    fn applied(&mut self, _after: &Session, _line: &Line, _ended: Option<ExchangeId>) {}
    /// The connection has ended.
    fn closed(&mut self, _session: &Session, _how: &Closed) {}
}

/// Nobody looks on.
impl Observer for () {}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// The server closed it in good order.
    ByServer,
    /// It was reset, or the transport failed; how.
    Broken(String),
    /// The client closed it.
    ByClient,
    /// The stream can't be cut into responses any more; why.
    Unframed(String),
}

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ByServer => f.write_str("the server closes the connection"),
            Self::Broken(why) => write!(f, "the connection breaks: {why}"),
            Self::ByClient => f.write_str("the client closes the connection"),
            Self::Unframed(why) => write!(f, "the stream can't be followed any more: {why}"),
        }
    }
}

/// What a session may weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For the framer of IMAP.
    pub imap: crate::imap::Limits,
    /// For the framer of POP3.
    pub pop3: crate::pop3::Limits,
    /// Lines that one exchange may bring.
    pub lines_per_exchange: usize,
    /// Octets that the session may receive.
    pub octets: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            imap: crate::imap::Limits::default(),
            pop3: crate::pop3::Limits::default(),
            lines_per_exchange: 200_000,
            octets: 1 << 30,
        }
    }
}

/// Octets of a command's arguments that are kept: its names and sets, not the message that it appends.
const ARGUMENTS_KEPT: usize = 16 << 10;

/// One conversation.
#[derive(Debug)]
pub struct Session {
    protocol: Protocol,
    framer: Framer,
    limits: Limits,
    received: u64,
    exchanges: Vec<Exchange>,
    /// All exchanges before this one have ended.
    first_open: usize,
    lines: Vec<Line>,
    /// How many exchanges there have been.
    opened: usize,
    /// Lines have been forgotten.
    heard: bool,
    /// So many of the exchanges have been looked at by [`forget`](Self::forget), and kept.
    remembered: usize,
    state: State,
    tls: bool,
    greeted: bool,
    bye: bool,
    capabilities: Option<Vec<String>>,
    enabled: crate::imap::grammar::Enabled,
    mailbox: Option<Mailbox>,
    /// What was selected before the last SELECT or EXAMINE.
    former_mailbox: Option<Mailbox>,
    /// The exchange whose SELECT or EXAMINE the mailbox comes from.
    mailbox_from: Option<ExchangeId>,
    given: Option<(Vec<u8>, Vec<bool>)>,
    continuations: usize,
    raw_tags: Vec<Vec<u8>>,
    tags: crate::imap::command::Tags,
    closed: Option<Closed>,
    scribe: Scribe,
}

/// The next line's octets and what they say, if all of it has come, or why the stream can't be followed any more.
type Next<T> = Result<Option<(Arc<[u8]>, T)>, String>;

#[derive(Debug)]
enum Framer {
    Imap(crate::imap::Framer),
    Pop3(crate::pop3::Framer),
}

impl Session {
    /// A session whose connection has just been made.
    #[must_use]
    pub fn new(protocol: Protocol, limits: Limits, tls: bool, scribe: Scribe) -> Self {
        let framer = Framer::new(protocol, &limits);
        Self {
            protocol,
            framer,
            limits,
            received: 0,
            exchanges: Vec::new(),
            first_open: 0,
            lines: Vec::new(),
            opened: 0,
            heard: false,
            remembered: 0,
            state: State::Connected,
            tls,
            greeted: false,
            bye: false,
            capabilities: None,
            enabled: crate::imap::grammar::Enabled::default(),
            mailbox: None,
            former_mailbox: None,
            mailbox_from: None,
            given: None,
            continuations: 0,
            raw_tags: Vec::new(),
            tags: crate::imap::command::Tags::new("a"),
            closed: None,
            scribe,
        }
    }

    /// Takes a command that is about to be sent, without its tag, and opens its exchange.
    pub fn open(
        &mut self,
        command: Command,
        label: Option<&str>,
        now: Time,
        observer: &mut dyn Observer,
    ) -> ExchangeId {
        let id = ExchangeId(self.opened);
        self.opened += 1;
        let tag = match self.protocol {
            Protocol::Imap => self.tags.tag(),
            Protocol::Pop3 => String::new(),
        };
        self.exchanges.push(Exchange {
            id,
            tag,
            label: label.map(str::to_owned),
            command,
            opened: now,
            lines_before: self.lines.len(),
            end: None,
        });
        self.begin_select();
        observer.opened(self, id);
        id
    }

    /// Adds octets to the arguments of an open exchange: a literal, or what follows one.
    pub fn extend(&mut self, exchange: ExchangeId, octets: &[u8]) {
        let at = self.index(exchange);
        let arguments = &mut self.exchanges[at].command.arguments;
        let room = ARGUMENTS_KEPT.saturating_sub(arguments.len());
        arguments.extend_from_slice(&octets[..octets.len().min(room)]);
    }

    /// Takes octets that are sent as they are, outside every exchange: words that may come back as tags.
    pub fn raw(&mut self, octets: &[u8]) {
        for line in octets.split(|&octet| octet == b'\n') {
            let word = line.split(|&octet| matches!(octet, b' ' | b'\r')).next().unwrap_or_default();
            if !word.is_empty() {
                self.raw_tags.push(word.to_vec());
            }
        }
    }

    /// Was `tag` sent in raw octets, outside every exchange?
    #[must_use]
    pub fn is_raw_tag(&self, tag: &[u8]) -> bool {
        self.raw_tags.iter().any(|sent| sent == tag)
    }

    fn end_exchange(&mut self, id: ExchangeId, status: EndStatus, at: Time) {
        let at_index = self.index(id);
        self.exchanges[at_index].end = Some(End { status, line: self.lines.len(), at });
        let ended = self.exchanges[self.first_open..].iter().take_while(|exchange| exchange.end.is_some());
        self.first_open += ended.count();
    }

    /// Writes into the transcript that `octets` are on their way.
    pub fn sent(&mut self, octets: &[u8], now: Time) {
        self.scribe.sent(now, octets);
    }

    /// Takes octets that have arrived.
    pub fn receive(&mut self, octets: &[u8], now: Time, observer: &mut dyn Observer) {
        if self.closed.is_some() {
            return;
        }
        self.received += octets.len() as u64;
        self.framer.push(octets);
        loop {
            let line = match self.next_line(now) {
                Ok(None) => break,
                Ok(Some(line)) => line,
                Err(why) => return self.close(Closed::Unframed(why), now, observer),
            };
            observer.arrived(self, &line);
            let ended = self.apply(&line);
            self.lines.push(line.clone());
            observer.applied(self, &line, ended);
            if let Some(why) = self.excess() {
                return self.close(Closed::Unframed(why), now, observer);
            }
        }
    }

    fn excess(&self) -> Option<String> {
        if self.received > self.limits.octets {
            return Some(format!("the server has sent more than {} octets", self.limits.octets));
        }
        let before = self.oldest_open().map_or_else(
            || self.exchanges.last().and_then(|last| last.end).map_or(0, |end| end.line),
            |id| self.exchange(id).lines_before,
        );
        let limit = self.limits.lines_per_exchange;
        (self.lines.len() - before > limit)
            .then(|| format!("the server has sent more than {limit} lines for one command"))
    }

    /// Takes the end of the connection.
    pub fn close(&mut self, how: Closed, now: Time, observer: &mut dyn Observer) {
        if self.closed.is_some() {
            return;
        }
        self.scribe.note(now, how.to_string());
        observer.closed(self, &how);
        self.closed = Some(how);
    }

    /// The TLS handshake is done: what was known of the server before is void (RFC 3501 section 6.2.1, RFC 2595 section 4).
    /// Returns the octets that had arrived in plaintext and belong to no response.
    pub fn secured(&mut self, now: Time) -> Vec<u8> {
        self.scribe.note(now, "TLS handshake done");
        self.tls = true;
        self.capabilities = None;
        match &mut self.framer {
            Framer::Imap(framer) => framer.take_unread(),
            Framer::Pop3(framer) => framer.take_unread(),
        }
    }

    /// Tells which messages of the scenario stand in the mailbox called `name`, so that `#n` has a meaning once it is opened.
    pub fn set_given(&mut self, name: Vec<u8>, there: Vec<bool>) {
        self.given = Some((name, there));
    }

    fn set_state(&mut self, state: State, at: Time) {
        if self.state != state {
            self.state = state;
            self.scribe.note(at, format!("state: {state}"));
        }
    }

    /// The protocol.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// All that has arrived, in order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// An exchange.
    #[must_use]
    pub fn exchange(&self, id: ExchangeId) -> &Exchange {
        &self.exchanges[self.index(id)]
    }

    /// All exchanges, in the order of sending.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The exchange whose SELECT or EXAMINE has brought the present mailbox.
    #[must_use]
    pub fn selected_by(&self) -> Option<ExchangeId> {
        self.mailbox_from
    }

    /// The exchanges whose answers are not complete, in the order of sending.
    pub fn open_exchanges(&self) -> impl Iterator<Item = ExchangeId> {
        self.exchanges[self.first_open..]
            .iter()
            .filter(|exchange| exchange.end.is_none())
            .map(|exchange| exchange.id)
    }

    /// The exchange that the server has to answer first.
    #[must_use]
    pub fn oldest_open(&self) -> Option<ExchangeId> {
        self.open_exchanges().next()
    }

    /// The state as far as the exchanges tell.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Is the connection under TLS?
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Has the greeting arrived?
    #[must_use]
    pub fn is_greeted(&self) -> bool {
        self.greeted
    }

    /// Has `* BYE` arrived?
    #[must_use]
    pub fn said_bye(&self) -> bool {
        self.bye
    }

    /// How the connection ended, if it has.
    #[must_use]
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// How many command continuation requests (POP3: challenges) have arrived.
    #[must_use]
    pub fn continuations(&self) -> usize {
        self.continuations
    }

    /// What the server advertises now, in upper case; `None` while it has not said.
    #[must_use]
    pub fn capabilities(&self) -> Option<&[String]> {
        self.capabilities.as_deref()
    }

    /// The selected mailbox; also while its SELECT or EXAMINE is being answered.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.mailbox.as_ref()
    }

    /// Its pen on the transcript.
    #[must_use]
    pub fn scribe(&self) -> &Scribe {
        &self.scribe
    }

    fn next_line(&mut self, now: Time) -> Result<Option<Line>, String> {
        let expunges_before = self.mailbox.as_ref().map_or(0, Mailbox::expunges);
        let (octets, content): (Arc<[u8]>, _) = match self.protocol {
            Protocol::Imap => match self.next_response()? {
                Some((octets, response)) => (octets, Content::Imap(response)),
                None => return Ok(None),
            },
            Protocol::Pop3 => match self.next_reply()? {
                Some((octets, reply)) => (octets, Content::Pop3(reply)),
                None => return Ok(None),
            },
        };
        self.scribe.received(now, &octets);
        let transcript_position = self.scribe.position();
        let mut line = Line { octets, at: now, content, expunges_before, message: None, transcript_position };
        line.message = self.subject(&line);
        Ok(Some(line))
    }

    fn apply(&mut self, line: &Line) -> Option<ExchangeId> {
        match &line.content {
            Content::Imap(response) => self.apply_response(response, line),
            Content::Pop3(reply) => self.apply_reply(reply, line),
        }
    }
}

impl Framer {
    fn new(protocol: Protocol, limits: &Limits) -> Self {
        match protocol {
            Protocol::Imap => Self::Imap(crate::imap::Framer::new(limits.imap)),
            Protocol::Pop3 => Self::Pop3(crate::pop3::Framer::new(limits.pop3)),
        }
    }

    fn push(&mut self, octets: &[u8]) {
        match self {
            Self::Imap(framer) => framer.push(octets),
            Self::Pop3(framer) => framer.push(octets),
        }
    }
}

#[cfg(test)]
mod tests;
