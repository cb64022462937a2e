//! `C:`, `C>:` and `C~:`

use tokio::time::Instant;

use super::{Failed, Pending, Talk};
use crate::{
    check::client::queue,
    load::{stage::Outstanding, trouble::Trouble, turns::Turn},
    scenario::{
        evaluate::{Segment, render},
        pattern::Pattern,
        program::{Action, ExpectMode, Protocol, Send, SendMode, Step},
    },
    session::{Command, ExchangeId},
};

impl<'p> Talk<'p> {
    /// Sends what the line says; a `C:` awaits its answer and counts it. `rest` are the lines below.
    pub(super) async fn say(&mut self, send: &'p Send, rest: &'p [Step]) -> Result<(), Failed> {
        if send.mode == SendMode::Await {
            self.settle().await?;
        }
        let segments = match render(&send.template, &self.stance(), &self.captures) {
            Ok(segments) => segments,
            Err(unknown) => return Err(self.fail(true, Trouble::Script(unknown.to_string()))),
        };
        self.link.session_mut().forget();
        let planned = self.free;
        let outstanding =
            Outstanding { command: self.command(&send.command), planned, sent: self.cue.stage.now() };
        let waited = std::mem::take(&mut self.waited);
        self.cue.stage.begins(Turn { planned, waited }, outstanding.sent);
        if send.mode == SendMode::Raw {
            return self.say_raw(outstanding, &segments);
        }
        self.last = outstanding;
        self.set_outstanding(Some(outstanding));
        let exchange = self.open(outstanding, &segments, rest);
        self.write(exchange, &send.command, &segments).await?;
        if send.mode == SendMode::Continue {
            return Ok(());
        }
        let deadline = self.deadline();
        while self.link.session().exchange(exchange).end.is_none() {
            let heard = self.link.hear(deadline).await;
            self.no_answer(heard, false)?;
        }
        self.reap()
    }

    fn open(&mut self, outstanding: Outstanding, segments: &[Segment], rest: &[Step]) -> ExchangeId {
        let head = match segments.first() {
            Some(Segment::Octets(octets)) => octets.as_slice(),
            _ => &[],
        };
        let exchange = self.link.open(Command::of(head), None);
        self.pending.push(Pending { exchange, outstanding, tolerated: asks_for_status(rest) });
        exchange
    }

    /// Queues the command, up to each literal that waits to be invited.
    async fn write(&mut self, exchange: ExchangeId, name: &str, segments: &[Segment]) -> Result<(), Failed> {
        let mut line = Vec::with_capacity(64);
        if self.link.session().protocol() == Protocol::Imap {
            line.extend_from_slice(self.link.session().exchange(exchange).tag.as_bytes());
            line.push(b' ');
        }
        for (index, segment) in segments.iter().enumerate() {
            match segment {
                Segment::Octets(octets) => {
                    line.extend_from_slice(octets);
                    if index > 0 {
                        self.link.session_mut().extend(exchange, octets);
                    }
                }
                Segment::SynchronizingLiteral(content) => {
                    let header = format!("{{{}}}\r\n", content.len());
                    line.extend_from_slice(header.as_bytes());
                    self.queue(name, &line);
                    line.clear();
                    if !self.invited(exchange).await? {
                        return Ok(());
                    }
                    line.extend_from_slice(content);
                    let session = self.link.session_mut();
                    session.extend(exchange, header.as_bytes());
                    session.extend(exchange, content);
                }
                // A tag of its own belongs to raw octets only.
                Segment::Tag => {}
            }
        }
        line.extend_from_slice(b"\r\n");
        self.queue(name, &line);
        Ok(())
    }

    /// Waits for `+`. False: the exchange has ended instead.
    async fn invited(&mut self, exchange: ExchangeId) -> Result<bool, Failed> {
        let before = self.link.session().continuations();
        let deadline = self.deadline();
        loop {
            if self.link.session().exchange(exchange).end.is_some() {
                return Ok(false);
            }
            if self.link.session().continuations() > before {
                return Ok(true);
            }
            let heard = self.link.hear(deadline).await;
            self.no_answer(heard, false)?;
        }
    }

    /// Octets within an open exchange: DONE, or a response to a challenge.
    fn say_raw(&mut self, outstanding: Outstanding, segments: &[Segment]) -> Result<(), Failed> {
        let mut line = Vec::new();
        for segment in segments {
            match segment {
                Segment::Octets(octets) | Segment::SynchronizingLiteral(octets) => {
                    line.extend_from_slice(octets);
                }
                Segment::Tag => {}
            }
        }
        if let Some(pending) = self.pending.last_mut() {
            let idle = self.link.session().exchange(pending.exchange).command.name == "IDLE";
            if idle {
                // How long an IDLE lasts is the client's doing.
                pending.outstanding = outstanding;
                self.last = outstanding;
                self.set_outstanding(Some(outstanding));
            }
        }
        self.queue("", &line);
        Ok(())
    }

    fn queue(&mut self, command: &str, octets: &[u8]) {
        let secret = match command {
            "LOGIN" | "PASS" | "AUTHENTICATE" | "AUTH" | "APOP" => self.cue.account.password.reveal(),
            _ => "",
        };
        queue(&mut self.link, octets, &[secret]);
    }

    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.cue.stage.plan().timeout
    }
}

/// Does a line below, before the next send, say how the command may end?
fn asks_for_status(rest: &[Step]) -> bool {
    let before_send = rest.iter().take_while(|step| !matches!(step.action, Action::Send(_)));
    before_send.into_iter().any(|step| match &step.action {
        Action::Expect(expect) => {
            expect.mode != ExpectMode::MustNot
                && matches!(expect.pattern, Pattern::Tagged(_) | Pattern::Reply(_) | Pattern::Line(_))
        }
        _ => false,
    })
}
