//! The seams of an IMAP session.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::active::Faults;
use super::fault::Fault;
use crate::imap::command::{Command, Segment, State};
use crate::imap::response::{Attribute, Code, Condition, Data, Response};
use crate::imap::session::Completion;
use crate::store::{Access, Account, Expunges, Selected, Uid, Update};

/// Sees a command that is refused, as far as it has come.
type Refusal = fn(&Scene, &[Segment], &Arc<Account>);

/// What a fault has for each seam.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    line: Option<fn(&Scene, &mut Vec<u8>)>,
    command: Option<fn(&Scene, &mut Command)>,
    effect: Option<fn(&Scene, &mut Effect<'_>)>,
    expunges: Option<fn(&Scene, &mut Expunges)>,
    updates: Option<fn(&Scene, &mut Vec<Update>)>,
    responses: Option<fn(&Scene, &mut Vec<Response>)>,
    octets: Option<fn(&Scene, &mut Vec<u8>)>,
    patience: Option<fn(&Scene, &mut Duration)>,
    idle_line: Option<fn(&mut Vec<u8>)>,
    refused: Option<Refusal>,
}

impl Hooks {
    pub(super) const NONE: Self = Self {
        line: None,
        command: None,
        effect: None,
        expunges: None,
        updates: None,
        responses: None,
        octets: None,
        patience: None,
        idle_line: None,
        refused: None,
    };

    pub(super) fn is_empty(&self) -> bool {
        self.line.is_none()
            && self.command.is_none()
            && self.effect.is_none()
            && self.expunges.is_none()
            && self.updates.is_none()
            && self.responses.is_none()
            && self.octets.is_none()
            && self.patience.is_none()
            && self.idle_line.is_none()
            && self.refused.is_none()
    }
}

/// To be chained in the tables.
impl Fault {
    /// The first line of a command, without its line end.
    pub(super) const fn line(mut self, hook: fn(&Scene, &mut Vec<u8>)) -> Self {
        self.imap.line = Some(hook);
        self
    }

    /// The command that will be carried out.
    pub(super) const fn command(mut self, hook: fn(&Scene, &mut Command)) -> Self {
        self.imap.command = Some(hook);
        self
    }

    /// What has come of the command, before anything of it is told by updates and completion.
    pub(super) const fn effect(mut self, hook: fn(&Scene, &mut Effect<'_>)) -> Self {
        self.imap.effect = Some(hook);
        self
    }

    /// Whether EXPUNGE responses may be sent at the end of the command.
    pub(super) const fn expunges(mut self, hook: fn(&Scene, &mut Expunges)) -> Self {
        self.imap.expunges = Some(hook);
        self
    }

    /// What is about to be announced.
    pub(super) const fn updates(mut self, hook: fn(&Scene, &mut Vec<Update>)) -> Self {
        self.imap.updates = Some(hook);
        self
    }

    /// What is said: one response to begin with, which may become others, none or more.
    pub(super) const fn responses(mut self, hook: fn(&Scene, &mut Vec<Response>)) -> Self {
        self.imap.responses = Some(hook);
        self
    }

    /// The octets of one response, with its CRLF.
    pub(super) const fn octets(mut self, hook: fn(&Scene, &mut Vec<u8>)) -> Self {
        self.imap.octets = Some(hook);
        self
    }

    /// How long the server waits for the next command.
    pub(super) const fn patience(mut self, hook: fn(&Scene, &mut Duration)) -> Self {
        self.imap.patience = Some(hook);
        self
    }

    /// A command that is refused before it is carried out, as far as it has come.
    pub(super) const fn refused(mut self, hook: Refusal) -> Self {
        self.imap.refused = Some(hook);
        self
    }

    /// The line that ends IDLE.
    pub(super) const fn idle_line(mut self, hook: fn(&mut Vec<u8>)) -> Self {
        self.imap.idle_line = Some(hook);
        self
    }
}

/// Where a session stands.
#[derive(Debug)]
pub(crate) struct Scene {
    /// The command in progress as the client sent it; none before the first and while it is refused by the parser.
    pub(super) command: Option<Command>,
    /// Whether more had arrived behind the command.
    pub(super) pipelined: bool,
    /// The commands before it that came along with it, the last one last.
    pub(super) company: Vec<Command>,
    /// The state when the command came.
    pub(super) state: State,
    /// How many commands there were before.
    pub(super) earlier: u32,
    /// When the session began.
    pub(super) began: Instant,
    /// The line that the command begins with, without its tag.
    pub(super) sent: String,
    /// The same in capitals.
    pub(super) line: String,
    /// The mailbox that was opened last.
    pub(super) opened: Option<(String, Access)>,
}

/// How many commands that come together are remembered.
const MOST_COMPANY: usize = 20;

/// What has come of a command.
pub(crate) struct Effect<'e> {
    pub(crate) account: Option<&'e Arc<Account>>,
    pub(crate) selected: &'e mut Option<Selected>,
    /// What `$` stands for (RFC 5182).
    pub(crate) saved: &'e mut Vec<Uid>,
    pub(crate) completion: &'e mut Completion,
    /// Whether the connection ends with nothing said.
    pub(crate) hangs_up: &'e mut bool,
}

/// The faults of one session.
#[derive(Debug)]
pub(crate) struct Seams {
    faults: Faults,
    scene: Scene,
    /// The command before.
    last: Option<Command>,
}

impl Seams {
    pub(crate) fn new(faults: Faults) -> Self {
        let scene = Scene {
            command: None,
            pipelined: false,
            company: Vec::new(),
            state: State::NotAuthenticated,
            earlier: 0,
            began: Instant::now(),
            sent: String::new(),
            line: String::new(),
            opened: None,
        };
        Self { faults, scene, last: None }
    }

    /// A line has come, which a command begins with.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>) {
        self.scene.command = None;
        let untagged = line.splitn(2, |octet| *octet == b' ').nth(1).unwrap_or_default();
        self.scene.sent = String::from_utf8_lossy(untagged).into_owned();
        self.scene.line = self.scene.sent.to_ascii_uppercase();
        self.faults.strike(|fault| fault.imap.line, |hook| hook(&self.scene, line));
    }

    /// A command is to be carried out.
    pub(crate) fn command(&mut self, state: State, pipelined: bool, command: &mut Command) {
        self.scene.earlier = self.scene.earlier.saturating_add(1);
        self.scene.state = state;
        match (self.scene.pipelined, self.last.take()) {
            (true, Some(last)) if self.scene.company.len() < MOST_COMPANY => self.scene.company.push(last),
            _ => self.scene.company.clear(),
        }
        self.last = Some(command.clone());
        self.scene.pipelined = pipelined;
        self.scene.command = Some(command.clone());
        self.faults.strike(|fault| fault.imap.command, |hook| hook(&self.scene, command));
    }

    /// It has been carried out.
    pub(crate) fn effect(&mut self, mut effect: Effect<'_>) {
        self.faults.strike(|fault| fault.imap.effect, |hook| hook(&self.scene, &mut effect));
        if let (Some(Command::Select { mailbox, access, .. }), Some(_)) =
            (&self.scene.command, effect.selected)
        {
            self.scene.opened = Some((mailbox.clone(), *access));
        }
    }

    /// Updates are to be asked for.
    pub(crate) fn expunges(&self, expunges: &mut Expunges) {
        self.faults.strike(|fault| fault.imap.expunges, |hook| hook(&self.scene, expunges));
    }

    /// Updates are to be announced.
    pub(crate) fn updates(&self, updates: &mut Vec<Update>) {
        self.faults.strike(|fault| fault.imap.updates, |hook| hook(&self.scene, updates));
    }

    /// The next command is to be waited for.
    pub(crate) fn patience(&self, limit: &mut Duration) {
        self.faults.strike(|fault| fault.imap.patience, |hook| hook(&self.scene, limit));
    }

    /// A command is refused before it is carried out.
    pub(crate) fn refused(&self, segments: &[Segment], account: &Arc<Account>) {
        self.faults.strike(|fault| fault.imap.refused, |hook| hook(&self.scene, segments, account));
    }

    /// A line has come while the client idles.
    pub(crate) fn idle_line(&self, line: &mut Vec<u8>) {
        self.faults.strike(|fault| fault.imap.idle_line, |hook| hook(line));
    }

    /// The octets that are sent for a response.
    pub(crate) fn say(&self, response: Response) -> Vec<u8> {
        let mut responses = vec![response];
        self.faults.strike(|fault| fault.imap.responses, |hook| hook(&self.scene, &mut responses));
        let mut said = Vec::new();
        for response in responses {
            let mut octets = Vec::new();
            for piece in 0..response.pieces() {
                response.write(piece, &mut octets);
            }
            self.faults.strike(|fault| fault.imap.octets, |hook| hook(&self.scene, &mut octets));
            said.extend(octets);
        }
        said
    }
}

/// Does something to the data of each response that has some.
pub(super) fn data(responses: &mut [Response], change: impl Fn(&mut Data)) {
    for response in responses {
        if let Response::Data(data) = response {
            change(data);
        }
    }
}

/// Does something to each attribute of a FETCH response.
pub(super) fn attributes(responses: &mut [Response], change: impl Fn(&mut Attribute)) {
    data(responses, |data| {
        if let Data::Fetch { attributes, .. } = data {
            attributes.iter_mut().for_each(&change);
        }
    });
}

/// Does something to the place of the response code in each status response.
pub(super) fn code(responses: &mut [Response], change: impl Fn(&mut Option<Code>)) {
    for response in responses {
        if let Response::Status { code, .. } = response {
            change(code);
        }
    }
}

/// Leaves out the responses whose data are such.
pub(super) fn without(responses: &mut Vec<Response>, such: impl Fn(&Data) -> bool) {
    responses.retain(|response| !matches!(response, Response::Data(data) if such(data)));
}

/// Whether this is the tagged response of a command.
pub(super) fn is_tagged(response: &Response) -> bool {
    matches!(response, Response::Status { tag: Some(_), .. })
}

/// Says something in front of the tagged response.
pub(super) fn before_tagged(said: &mut Vec<Response>, data: Data) {
    if said.first().is_some_and(is_tagged) {
        said.insert(0, Response::Data(data));
    }
}

/// Changes the condition of a tagged response, and leaves out its code.
pub(super) fn turn(said: &mut [Response], from: Condition, to: Condition) {
    for response in said {
        if let Response::Status { tag: Some(_), condition, code, .. } = response
            && *condition == from
        {
            *condition = to;
            *code = None;
        }
    }
}

/// Replaces the first occurrence of some octets.
pub(super) fn replace(octets: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    if let Some(at) = octets.windows(old.len()).position(|window| window == old) {
        octets.splice(at..at + old.len(), new.iter().copied());
    }
}
