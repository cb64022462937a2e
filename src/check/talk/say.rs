//! `C:`, `C>:` and `C~:`

use super::{Stop, Talk};
use crate::{
    check::{client, scene::stance},
    scenario::{
        evaluate::{Segment, Unknown, render},
        pattern::Pattern,
        program::{Action, Directive, Place, Protocol, Question, Send, SendMode, Step},
    },
    session::{Command, EndStatus, ExchangeId},
};

impl<'p> Talk<'p, '_> {
    pub(super) async fn say(
        &mut self,
        seat: usize,
        place: Place,
        send: &'p Send,
        rest: &'p [Step],
    ) -> Result<(), Stop> {
        self.await_greeting(seat, place).await?;
        if let Some(how) = self.seats[seat].link.session().closed() {
            let how = how.to_string();
            self.settle(seat).await?;
            return Err(self.block(place, "an open connection", &how));
        }
        if self.scenario.protocol == Protocol::Pop3 {
            let seat = &mut self.seats[seat];
            seat.reading.pass_greeting(seat.link.session());
        }
        if send.mode == SendMode::Await {
            self.settle(seat).await?;
        }
        let seated = &self.seats[seat];
        let world = stance(self.bench, self.scenario, self.scene, seated.account, &seated.link);
        let segments = match render(&send.template, &world, &self.captures) {
            Ok(segments) => segments,
            Err(Unknown::Oracle(why)) => return Err(Stop::Error(why)),
            Err(unknown) => return Err(self.block(place, "to know what to send", &unknown.to_string())),
        };
        let expects_end = expects_close(&mut self.ahead(rest), seat);
        if send.mode == SendMode::Raw {
            self.say_raw(seat, place, send, &segments);
            self.seats[seat].reading.may_close |= expects_end;
            return Ok(());
        }
        let bench = self.bench;
        let secrets: Vec<&str> =
            self.scene.accounts.iter().map(|&account| bench.account(account).password.reveal()).collect();
        let label = send.label.as_deref();
        let sent = client::send(bench, &mut self.seats[seat].link, &segments, label, &secrets).await;
        let exchange = match sent {
            Ok(exchange) => exchange,
            Err(trouble) => {
                self.trouble(seat, place, &trouble, expects_end).await?;
                return Ok(());
            }
        };
        self.begin(seat, exchange, place, send.mode == SendMode::Continue);
        self.seats[seat].reading.may_close |= expects_end;
        if send.mode == SendMode::Continue {
            return Ok(());
        }
        match client::complete(bench, &mut self.seats[seat].link, exchange).await {
            Ok(EndStatus::Ok) => Ok(()),
            Ok(EndStatus::No | EndStatus::Bad) if asks_for_status(&mut self.ahead(rest), seat) => Ok(()),
            Ok(EndStatus::No | EndStatus::Bad) => Err(self.refused(seat, exchange, place)),
            Err(trouble) => self.trouble(seat, place, &trouble, expects_end).await.map(drop),
        }
    }

    /// The lines below: the rest of this block, and what follows it.
    fn ahead(&self, rest: &'p [Step]) -> impl Iterator<Item = &'p Step> + use<'p, '_> {
        rest.iter().chain(self.behind.iter().rev().copied().flatten())
    }

    /// The server speaks first; a client that does not wait for it is a case of its own.
    async fn await_greeting(&mut self, seat: usize, place: Place) -> Result<(), Stop> {
        if self.seats[seat].link.session().is_greeted() {
            return Ok(());
        }
        match client::greeting(self.bench, &mut self.seats[seat].link).await {
            Ok(()) => Ok(()),
            Err(_) if !self.bench.is_alive(self.scenario.protocol).await => Err(Stop::Gone),
            Err(refusal) => Err(self.block(place, "a greeting", &refusal.to_string())),
        }
    }

    fn begin(&mut self, seat: usize, exchange: ExchangeId, place: Place, awaits: bool) {
        let seat = &mut self.seats[seat];
        seat.reading.begin(seat.link.session(), exchange, place, awaits);
    }

    fn say_raw(&mut self, seat: usize, place: Place, send: &'p Send, segments: &[Segment]) {
        let bench = self.bench;
        let secrets: Vec<&str> =
            self.scene.accounts.iter().map(|&account| bench.account(account).password.reveal()).collect();
        let has_tag = segments.contains(&Segment::Tag);
        let mut line = Vec::new();
        for segment in segments {
            match segment {
                Segment::Octets(octets) | Segment::SynchronizingLiteral(octets) => {
                    line.extend_from_slice(octets);
                }
                Segment::Tag => {
                    bench.count_command();
                    let behind = behind_tag(segments);
                    let exchange = self.seats[seat].link.open(Command::of(&behind), send.label.as_deref());
                    self.begin(seat, exchange, place, true);
                    line.extend_from_slice(self.seats[seat].link.session().exchange(exchange).tag.as_bytes());
                }
            }
        }
        // A reply of POP3 names no command: what no `$tag` announces opens no exchange.
        if self.scenario.protocol == Protocol::Imap && !has_tag {
            self.go_on_raw(seat, &line);
        }
        let seated = &mut self.seats[seat];
        if self.scenario.protocol == Protocol::Pop3 && seated.link.session().open_exchanges().next().is_none()
        {
            // A reply names no command: what answers these octets comes behind all that was answered before.
            seated.reading.reopen(seated.link.session());
        }
        seated.reading.awaits = true;
        seated.reading.waited = false;
        if is_sasl(seated.link.session()) {
            seated.link.queue(&line, b"***\r\n");
        } else {
            client::queue(&mut seated.link, &line, &secrets);
        }
    }

    /// Octets without a tag: the literal of the command that is open, and what follows it, or something outside every exchange.
    fn go_on_raw(&mut self, seat: usize, octets: &[u8]) {
        let seat = &mut self.seats[seat];
        let session = seat.link.session_mut();
        let announced = |id: &ExchangeId| {
            let exchange = session.exchange(*id);
            exchange.end.is_none() && exchange.command.arguments.ends_with(b"}")
        };
        match seat.reading.last().filter(announced) {
            Some(exchange) => {
                session.extend(exchange, b"\r\n");
                session.extend(exchange, octets.strip_suffix(b"\r\n").unwrap_or(octets));
            }
            None => session.raw(octets),
        }
    }
}

/// The octets behind the tag, as far as they are given.
fn behind_tag(segments: &[Segment]) -> Vec<u8> {
    let behind = segments.iter().skip_while(|segment| **segment != Segment::Tag).skip(1);
    let octets: Vec<u8> = behind
        .flat_map(|segment| match segment {
            Segment::Octets(octets) | Segment::SynchronizingLiteral(octets) => octets.clone(),
            Segment::Tag => Vec::new(),
        })
        .collect();
    octets.strip_prefix(b" ").unwrap_or(&octets).to_vec()
}

/// Is a SASL exchange under way? Its lines are not shown.
fn is_sasl(session: &crate::session::Session) -> bool {
    session
        .open_exchanges()
        .any(|id| matches!(session.exchange(id).command.name.as_str(), "AUTHENTICATE" | "AUTH"))
}

/// Does a line below, before the session's next send, ask how the command ends?
fn asks_for_status(rest: &mut dyn Iterator<Item = &Step>, seat: usize) -> bool {
    comes(rest, seat, &|action| match action {
        Action::Expect(expect) => {
            matches!(expect.pattern, Pattern::Tagged(_) | Pattern::Reply(_) | Pattern::Line(_))
        }
        _ => false,
    })
}

/// Does a line below, before the session's next send, say that the server may close?
fn expects_close(rest: &mut dyn Iterator<Item = &Step>, seat: usize) -> bool {
    comes(rest, seat, &|action| match action {
        Action::Direct(Directive::Closed(_)) => true,
        Action::If { condition, .. } => condition.question == Question::Open,
        _ => false,
    })
}

/// Does a step of the session come before its next send, on any way that a run may go?
fn comes(rest: &mut dyn Iterator<Item = &Step>, seat: usize, wanted: &dyn Fn(&Action) -> bool) -> bool {
    for step in rest {
        if usize::from(step.session.0) == seat {
            if matches!(step.action, Action::Send(_)) {
                return false;
            }
            if wanted(&step.action) {
                return true;
            }
        }
        if step.action.ways().into_iter().any(|way| comes(&mut way.iter(), seat, wanted)) {
            return true;
        }
    }
    false
}
