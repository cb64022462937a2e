//! The session: its states (RFC 3501 section 3) and the run of a command.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use tokio::time::timeout;

use super::command::{Command, Numbering, SearchKey, SequenceSet, State};
use super::condstore::ModSequences;
use super::extension::Extensions;
use super::response::{Attribute, Code, Condition, Data, Response};
use super::wire::Wire;
use crate::faults::imap::{Effect, Seams};
use crate::net::{Connection, Transport};
use crate::store::{Account, Expunges, Selected, StoreError, Uid, Update};

/// A session on a stream.
pub(super) struct Session<'c, T> {
    pub(super) wire: Wire<T>,
    pub(super) connection: &'c mut Connection,
    pub(super) account: Option<Arc<Account>>,
    pub(super) selected: Option<Selected>,
    /// The UIDs of the messages that the last SEARCH with SAVE has found in the selected mailbox, in ascending order.
    pub(super) saved: Vec<Uid>,
    pub(super) mod_sequences: ModSequences,
    /// Malformed commands since the last good one.
    pub(super) malformed: u32,
    /// Who is asked at the seams, if anyone.
    pub(super) seams: Option<Box<Seams>>,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The stream is to be closed, or is gone already.
    Closed,
    /// The client begins a TLS handshake.
    Upgrade,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// What a step of the session leads to.
pub(super) type Step<V = ()> = Result<V, End>;

/// The result of a command, to be sent under its tag.
#[derive(Debug)]
pub(crate) struct Completion {
    pub(crate) condition: Condition,
    pub(crate) code: Option<Code>,
    pub(crate) text: String,
}

impl Completion {
    pub(super) fn ok(text: &str) -> Self {
        Self { condition: Condition::Ok, code: None, text: text.to_owned() }
    }

    pub(super) fn no(text: &str) -> Self {
        Self { condition: Condition::No, code: None, text: text.to_owned() }
    }

    pub(super) fn bad(text: &str) -> Self {
        Self { condition: Condition::Bad, code: None, text: text.to_owned() }
    }

    pub(super) fn with(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }
}

impl From<StoreError> for Completion {
    fn from(error: StoreError) -> Self {
        let refusal = Self::no(&error.to_string());
        match error {
            StoreError::NoSuchMailbox => refusal.with(Code::NonExistent),
            StoreError::AlreadyExists => refusal.with(Code::AlreadyExists),
            StoreError::MessageGone => refusal.with(Code::ExpungeIssued),
            StoreError::TooManyMailboxes | StoreError::OutOfUids => refusal.with(Code::Limit),
            StoreError::MaildropLocked => refusal.with(Code::InUse),
            StoreError::Inbox
            | StoreError::MalformedName
            | StoreError::BelowItself
            | StoreError::HasInferiors => refusal.with(Code::Cannot),
            StoreError::NotDurable => refusal.with(Code::Unavailable),
            StoreError::NotSelectable | StoreError::ReadOnly => refusal,
        }
    }
}

impl<'c, T: Transport> Session<'c, T> {
    pub(super) fn new(stream: T, connection: &'c mut Connection) -> Self {
        let seams = connection.shared.config.faults.clone().map(|faults| Box::new(Seams::new(faults)));
        Self {
            wire: Wire::of(stream, connection),
            connection,
            account: None,
            selected: None,
            saved: Vec::new(),
            mod_sequences: ModSequences::default(),
            malformed: 0,
            seams,
        }
    }

    pub(super) fn into_stream(self) -> T {
        self.wire.into_stream()
    }

    /// Runs the session to its end.
    pub(super) async fn run(&mut self) -> End {
        let end = self.converse().await;
        match self.flush().await {
            Ok(()) => end,
            Err(gone) => gone,
        }
    }

    async fn converse(&mut self) -> End {
        match self.commands().await {
            Ok(never) => match never {},
            Err(end) => end,
        }
    }

    async fn commands(&mut self) -> Step<Infallible> {
        if !self.connection.upgraded {
            let greeting = Response::untagged(
                Condition::Ok,
                Some(Code::Capability(self.capabilities())),
                "mailspec IMAP server ready",
            );
            self.send(greeting).await?;
        }
        loop {
            self.flush().await?;
            if let Some((tag, command)) = self.next_command().await? {
                self.execute(tag, command).await?;
            }
        }
    }

    pub(super) fn state(&self) -> State {
        match (&self.account, &self.selected) {
            (None, _) => State::NotAuthenticated,
            (Some(_), None) => State::Authenticated,
            (Some(_), Some(_)) => State::Selected,
        }
    }

    /// Carries a command out: its own responses, then what else is new, then the result under its tag.
    async fn execute(&mut self, tag: String, mut command: Command) -> Step {
        let state = self.state();
        if let Some(seams) = &mut self.seams {
            seams.command(state, self.wire.has_more(), &mut command);
        }
        let (mut expunges, by) = announcing(&command);
        let end = match command {
            Command::Logout => Some(End::Closed),
            Command::StartTls => Some(End::Upgrade),
            _ => None,
        };
        let mut completion = match command {
            // It lasts, so it is kept small; what the others need is taken while they run, and given back.
            Command::Idle => self.idle().await?,
            command => Box::pin(self.perform(&tag, command)).await?,
        };
        if let Some(seams) = &mut self.seams {
            let (account, selected) = (self.account.as_ref(), &mut self.selected);
            let saved = &mut self.saved;
            let (completion, mut hangs_up) = (&mut completion, false);
            seams.effect(Effect { account, selected, saved, completion, hangs_up: &mut hangs_up });
            if hangs_up {
                return Err(End::Closed);
            }
            seams.expunges(&mut expunges);
        }
        self.announce(expunges, by).await?;
        let completion = self.tell_highest(completion).await?;
        let done = completion.condition == Condition::Ok;
        self.complete(tag, completion).await?;
        match end {
            Some(end) if done => Err(end),
            _ if self.connection.has_failed_too_often() && self.account.is_none() => {
                self.take_leave("too many failed logins").await
            }
            _ => Ok(()),
        }
    }

    async fn perform(&mut self, tag: &str, command: Command) -> Step<Completion> {
        Ok(match command {
            Command::Capability => self.capability().await?,
            Command::Noop => Completion::ok("NOOP completed"),
            Command::Logout => self.logout().await?,
            Command::Id => self.id().await?,
            Command::Enable { names } => self.enable(&names).await?,
            Command::StartTls => self.start_tls(),
            Command::Login { user, password } => self.login(&user, &password).await?,
            Command::Authenticate { mechanism, initial } => self.authenticate(&mechanism, initial).await?,
            Command::Select { mailbox, access, parameters } => {
                self.select(&mailbox, access, &parameters).await?
            }
            Command::Create { .. }
            | Command::Delete { .. }
            | Command::Rename { .. }
            | Command::Subscribe { .. }
            | Command::Unsubscribe { .. } => self.on_names(command),
            Command::List { reference, pattern } => self.list(&reference, &pattern).await?,
            Command::ExtendedList(request) => self.list_extended(&request).await?,
            Command::Lsub { reference, pattern } => self.lsub(&reference, &pattern).await?,
            Command::Namespace => self.namespace().await?,
            Command::Status { mailbox, items } => self.status(&mailbox, &items).await?,
            Command::Append { mailbox, messages } => self.append(&mailbox, messages),
            Command::Idle => Box::pin(self.idle()).await?,
            Command::Check => Completion::ok("CHECK completed"),
            Command::Close => self.close(),
            Command::Unselect => self.unselect(),
            Command::Expunge { uids } => self.expunge(uids),
            Command::Search { by, returns, charset, key } => {
                self.search(tag, by, returns.as_deref(), charset, &key).await?
            }
            Command::Sort { by, criteria, charset, key } => self.sort(by, &criteria, &charset, &key).await?,
            Command::Thread { by, algorithm, charset, key } => {
                self.thread(by, algorithm, &charset, &key).await?
            }
            Command::Fetch { by, set, items, modifiers } => self.fetch(by, &set, items, modifiers).await?,
            Command::Store { by, set, store } => self.store(by, &set, &store).await?,
            Command::Copy { by, set, mailbox } => self.copy(by, &set, &mailbox),
            Command::Move { by, set, mailbox } => self.move_messages(by, &set, &mailbox).await?,
        })
    }

    /// The extensions on offer.
    pub(super) fn extensions(&self) -> &Extensions {
        &self.connection.shared.config.extensions
    }

    /// Announces what changed in the selected mailbox. With UIDs if a command with `UID` is in progress.
    pub(super) async fn announce(&mut self, expunges: Expunges, by: Numbering) -> Step {
        let Some(selected) = &mut self.selected else { return Ok(()) };
        let (access, mut updates) = (selected.access(), selected.updates(expunges));
        if let Some(seams) = &self.seams {
            seams.updates(&mut updates);
        }
        let updates = self.tell_removals(updates).await?;
        for update in updates {
            let data = match update {
                Update::Expunge { number, .. } => Data::Expunge(number),
                Update::Exists(count) => Data::Exists(count),
                Update::Recent(count) => Data::Recent(count),
                Update::Fetch { number, uid, flags, recent, mod_sequence } => {
                    let mut attributes = vec![Attribute::Flags { flags, recent }];
                    attributes.extend(self.identify(by, uid, mod_sequence));
                    Data::Fetch { number, attributes }
                }
                Update::Flags(keywords) => {
                    let code = Code::PermanentFlags { access, keywords: keywords.clone() };
                    self.data(Data::Flags(keywords)).await?;
                    let text = "keywords have been added";
                    self.send(Response::untagged(Condition::Ok, Some(code), text)).await?;
                    continue;
                }
            };
            self.data(data).await?;
        }
        Ok(())
    }

    /// The message sequence numbers that a set names, in ascending order.
    pub(super) fn numbers(&self, by: Numbering, set: &SequenceSet) -> Result<Vec<u32>, Completion> {
        let Some(selected) = &self.selected else { return Ok(Vec::new()) };
        let set = match set {
            SequenceSet::Listed(set) => set,
            SequenceSet::Saved => return Ok(self.saved_numbers()),
        };
        if by == Numbering::Uid {
            let ranges = set.ranges(selected.last_uid().unwrap_or(0));
            return Ok(ranges
                .iter()
                .flat_map(|(first, last)| selected.numbers_of_uids(first, last))
                .collect());
        }
        let count = selected.count();
        let ranges = set.ranges(count);
        if ranges.last().is_some_and(|last| last > count) || (count == 0 && set.has_asterisk()) {
            return Err(Completion::bad("there is no message with such a number"));
        }
        Ok(ranges.iter().flat_map(|(first, last)| first..=last).collect())
    }

    pub(super) async fn send(&mut self, response: Response) -> Step {
        let limit = self.connection.shared.config.timeouts.imap;
        let sent = match &self.seams {
            None => timeout(limit, self.wire.send(&response)).await,
            Some(seams) => timeout(limit, self.wire.send_octets(&seams.say(response))).await,
        };
        sent.map_err(|_| End::Closed)?.map_err(End::from)
    }

    pub(super) async fn data(&mut self, data: Data) -> Step {
        self.send(Response::Data(data)).await
    }

    pub(super) async fn complete(&mut self, tag: String, completion: Completion) -> Step {
        let Completion { condition, code, text } = completion;
        self.send(Response::Status { tag: Some(tag), condition, code, text }).await
    }

    pub(super) async fn flush(&mut self) -> Step {
        timeout(self.connection.shared.config.timeouts.imap, self.wire.flush())
            .await
            .map_err(|_| End::Closed)?
            .map_err(End::from)
    }

    /// Says BYE and ends the session.
    pub(super) async fn take_leave<V>(&mut self, why: &str) -> Step<V> {
        self.send(Response::untagged(Condition::Bye, None, why)).await?;
        Err(End::Closed)
    }
}

/// Whether EXPUNGE responses may be sent while this command is in progress (RFC 3501 section 7.4.1, RFC 5256
/// section 3), and whether FETCH
/// responses then carry UIDs (section 6.4.8).
fn announcing(command: &Command) -> (Expunges, Numbering) {
    match command {
        // RFC 7162 section 3.2.10.2.
        Command::Search { by, key, .. } if key.holds(&|key| matches!(key, SearchKey::Numbers(_))) => {
            (Expunges::Withheld, *by)
        }
        Command::Fetch { by, .. }
        | Command::Store { by, .. }
        | Command::Search { by, .. }
        | Command::Sort { by, .. }
        | Command::Thread { by, .. } => match by {
            Numbering::Sequence => (Expunges::Withheld, *by),
            Numbering::Uid => (Expunges::Allowed, *by),
        },
        Command::Copy { by, .. } | Command::Move { by, .. } => (Expunges::Allowed, *by),
        Command::Expunge { uids: Some(_) } => (Expunges::Allowed, Numbering::Uid),
        _ => (Expunges::Allowed, Numbering::Sequence),
    }
}
