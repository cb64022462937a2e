//! `-- tls`, `-- drop`, `-- reconnect` and the other directives.

use std::sync::Arc;

use tokio::time::{Instant, sleep};

use super::{Problem, Reading, Stop, Talk};
use crate::{
    check::verdict::Finding,
    net::Heard,
    scenario::program::{Directive, GivenState, Place, Protocol},
};

impl<'p> Talk<'p, '_> {
    pub(super) async fn direct(
        &mut self,
        seat: usize,
        place: Place,
        directive: &'p Directive,
    ) -> Result<(), Stop> {
        match directive {
            Directive::Tls => self.secure(seat).await,
            Directive::Drop => {
                let deadline = Instant::now() + self.bench.timeout;
                self.seats[seat].link.flush(deadline).await;
                self.see_what_left();
                self.seats[seat].link.disconnect();
                Ok(())
            }
            Directive::Reconnect(state) => self.reconnect(seat, *state).await,
            Directive::Closed(clause) => self.closed(seat, place, clause).await,
            Directive::Wait(time) => {
                self.seats[seat].link.wait(*time).await;
                self.seats[seat].reading.waited = true;
                Ok(())
            }
            Directive::Pace(pace) => {
                let deadline = Instant::now() + self.bench.timeout;
                self.seats[seat].link.flush(deadline).await;
                self.seats[seat].link.set_pace(*pace);
                Ok(())
            }
            Directive::PauseReading(time) => {
                sleep(*time).await;
                Ok(())
            }
            Directive::Think(_) => Err(Stop::Error("`-- think` is for workloads".to_owned())),
            Directive::Deliver(mail) => self.deliver(place, mail).await,
            // Checked before the talk began: the profile has the commands.
            Directive::Restart => {
                self.control(place, &[|control| &control.stop, |control| &control.start]).await
            }
            Directive::Kill => {
                self.control(place, &[|control| &control.kill, |control| &control.start]).await
            }
        }
    }

    async fn secure(&mut self, seat: usize) -> Result<(), Stop> {
        let deadline = Instant::now() + self.bench.timeout;
        let link = &mut self.seats[seat].link;
        let plaintext = match link.secure(&self.bench.connector, deadline).await {
            Ok(plaintext) => plaintext,
            Err(error) => {
                // What is left is a connection of no use; whether that is right is for the lines below to say.
                link.fail(format!("{error}"));
                return Ok(());
            }
        };
        if !plaintext.is_empty() {
            let mut shown = String::new();
            crate::fault::escape(&plaintext[..plaintext.len().min(200)], &mut shown);
            let clause = match self.scenario.protocol {
                Protocol::Imap => "rfc3501-6.2.1-01",
                Protocol::Pop3 => "rfc2595-4-07",
            };
            let transcript_position = self.seats[seat].link.session().scribe().position();
            self.findings.push(Finding {
                rule: "plaintext-before-tls",
                clause,
                at_most: None,
                message: format!("behind the OK that begins TLS came more in plaintext: {shown}"),
                waived: None,
                transcript_position,
            });
        }
        Ok(())
    }

    async fn reconnect(&mut self, seat: usize, state: Option<GivenState>) -> Result<(), Stop> {
        self.see_what_left();
        let (name, account) = (self.seats[seat].name.clone(), self.seats[seat].account);
        let state = state.unwrap_or(self.seats[seat].state);
        self.seats[seat].link.disconnect();
        let link = self.connect(&name, account, state).await?;
        let reading = Reading::after(&link, state);
        let mut former = std::mem::replace(&mut self.seats[seat].link, link);
        self.seats[seat].reading = reading;
        self.collect(&mut former);
        Ok(())
    }

    /// Given messages whose expunge any session was told are not there for sessions that come later.
    pub(super) fn see_what_left(&mut self) {
        for seat in &self.seats {
            let Some(mailbox) = seat.link.session().mailbox() else { continue };
            for (left, there) in self.scene.left.iter_mut().zip(mailbox.given_left()) {
                *left &= there;
            }
        }
        for seat in &mut self.seats {
            seat.link.session_mut().set_given(self.scene.mailbox.clone(), self.scene.left.clone());
        }
    }

    async fn closed(&mut self, seat: usize, place: Place, clause: &Arc<str>) -> Result<(), Stop> {
        let deadline = Instant::now() + self.bench.timeout;
        self.seats[seat].reading.may_close = true;
        loop {
            match self.seats[seat].link.hear(deadline).await {
                Heard::Octets => {}
                Heard::End => {
                    if let Some(stop) = self.unframed(seat, place) {
                        return Err(stop);
                    }
                    self.judge.held(clause);
                    return Ok(());
                }
                Heard::Silence => {
                    let came = "the connection is still open".to_owned();
                    let problem = Problem { clause: Arc::clone(clause), place, came, trouble: false };
                    return self.break_claims(seat, vec![problem]);
                }
            }
        }
    }

    async fn deliver(&mut self, place: Place, mail: &str) -> Result<(), Stop> {
        let Some(octets) = crate::fixtures::fixture(mail) else {
            return Err(Stop::Error(format!("there is no fixture {mail}")));
        };
        match self.steward.deliver(octets).await {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.block(place, "the message to be delivered", &refusal.to_string())),
        }
    }

    async fn control(
        &mut self,
        place: Place,
        commands: &[fn(&crate::target::Control) -> &Vec<String>],
    ) -> Result<(), Stop> {
        for seat in &mut self.seats {
            seat.link.watch_mut().expect_end();
        }
        let bench = self.bench;
        if bench.connector.restart().await {
            self.steward.forget();
            return Ok(());
        }
        let Some(control) = &bench.target.control else {
            return Err(Stop::Error("the profile can't start and stop the server".into()));
        };
        for command in commands {
            let [program, arguments @ ..] = command(control).as_slice() else { continue };
            let status = tokio::process::Command::new(program)
                .args(arguments)
                .stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .status()
                .await;
            match status {
                Ok(status) if status.success() => {}
                Ok(status) => return Err(Stop::Error(format!("{program} ends with {status}"))),
                Err(error) => return Err(Stop::Error(format!("{program} can't be run: {error}"))),
            }
        }
        self.steward.forget();
        if bench.is_alive(self.scenario.protocol).await {
            return Ok(());
        }
        Err(self.block(place, "the server to greet again", "it does not"))
    }
}
