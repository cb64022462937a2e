//! The seams of a POP3 session.

use super::active::Faults;
use super::fault::Fault;
use crate::pop3::command::Command;
use crate::pop3::reply::Reply;

/// What a fault has for each seam.
#[derive(Clone, Copy)]
pub(super) struct Hooks {
    line: Option<fn(&Scene, &mut Vec<u8>)>,
    command: Option<fn(&Scene, &mut Command)>,
    reply: Option<fn(&Scene, &mut Reply)>,
    octets: Option<fn(&Scene, &mut Vec<u8>)>,
}

impl Hooks {
    pub(super) const NONE: Self = Self { line: None, command: None, reply: None, octets: None };

    pub(super) fn is_empty(&self) -> bool {
        self.line.is_none() && self.command.is_none() && self.reply.is_none() && self.octets.is_none()
    }
}

/// To be chained in the tables.
impl Fault {
    /// A line of the client, without its line end.
    pub(super) const fn pop3_line(mut self, hook: fn(&Scene, &mut Vec<u8>)) -> Self {
        self.pop3.line = Some(hook);
        self
    }

    /// The command that will be carried out.
    pub(super) const fn pop3_command(mut self, hook: fn(&Scene, &mut Command)) -> Self {
        self.pop3.command = Some(hook);
        self
    }

    /// What is replied.
    pub(super) const fn reply(mut self, hook: fn(&Scene, &mut Reply)) -> Self {
        self.pop3.reply = Some(hook);
        self
    }

    /// The octets of a reply, from the first to the last.
    pub(super) const fn pop3_octets(mut self, hook: fn(&Scene, &mut Vec<u8>)) -> Self {
        self.pop3.octets = Some(hook);
        self
    }
}

/// Where a session stands.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    /// The command in progress as the client sent it; none in the greeting, and for a line that is no command.
    pub(super) command: Option<Command>,
    /// How many commands there were before.
    pub(super) earlier: u32,
    /// The line as the client sent it, in capitals.
    pub(super) line: String,
}

/// The faults of one session.
#[derive(Debug)]
pub(crate) struct Seams {
    faults: Faults,
    scene: Scene,
}

impl Seams {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, scene: Scene::default() }
    }

    /// A line has come.
    pub(crate) fn line(&mut self, line: &mut Vec<u8>) {
        self.scene.command = None;
        self.scene.line = String::from_utf8_lossy(line).to_ascii_uppercase();
        self.faults.strike(|fault| fault.pop3.line, |hook| hook(&self.scene, line));
    }

    /// It is a command, which is to be carried out.
    pub(crate) fn command(&mut self, command: &mut Command) {
        self.scene.earlier = self.scene.earlier.saturating_add(1);
        self.scene.command = Some(command.clone());
        self.faults.strike(|fault| fault.pop3.command, |hook| hook(&self.scene, command));
    }

    /// It is to be answered.
    pub(crate) fn reply(&self, reply: &mut Reply) {
        self.faults.strike(|fault| fault.pop3.reply, |hook| hook(&self.scene, reply));
    }

    /// The octets that are sent for a reply.
    pub(crate) fn octets(&self, reply: &Reply) -> Vec<u8> {
        let (mut octets, mut pieces) = (Vec::new(), reply.octets());
        while pieces.fill(&mut octets) {}
        self.faults.strike(|fault| fault.pop3.octets, |hook| hook(&self.scene, &mut octets));
        octets
    }
}
