//! Prepares an account for a scenario, and tidies up behind it.

use std::sync::{Arc, Mutex};

use super::{
    bench::Bench,
    client::{Refusal, command, complete, greeting, must, must_end, send},
    login::{log_in, push, push_astring},
};
use crate::{
    imap::Kind,
    net::Link,
    scenario::{
        evaluate::Segment,
        program::{GivenMessage, Protocol},
    },
    session::{EndStatus, ExchangeId, transcript::Transcript},
};

/// A session of the harness's own on an account: over IMAP where the target speaks it, else over POP3.
pub(crate) struct Steward<'b> {
    bench: &'b Bench,
    account: usize,
    link: Option<Link>,
    transcript: Arc<Mutex<Transcript>>,
}

/// How long another session may hold a maildrop before that is trouble.
pub(crate) const LOCK_PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Two arrivals this far apart are not in one second.
const BETWEEN_SECONDS: std::time::Duration = std::time::Duration::from_millis(1100);

impl<'b> Steward<'b> {
    /// The steward of an account; connects when it first has to.
    #[must_use]
    pub(crate) fn of(bench: &'b Bench, account: usize) -> Self {
        Self { bench, account, link: None, transcript: Arc::default() }
    }

    async fn imap(&mut self) -> Result<&mut Link, Refusal> {
        if self.link.as_ref().is_none_or(|link| link.session().closed().is_some()) {
            let link = self.bench.connect(Protocol::Imap, "steward", &self.transcript).await;
            let mut link = link.map_err(|error| Refusal::NotConnected(error.to_string()))?;
            greeting(self.bench, &mut link).await?;
            log_in(self.bench, &mut link, self.bench.account(self.account)).await?;
            self.link = Some(link);
        }
        // Just set.
        self.link.as_mut().ok_or_else(|| Refusal::NotConnected("no connection".into()))
    }

    /// Makes a mailbox.
    ///
    /// # Errors
    /// If the server refuses.
    pub(crate) async fn create(&mut self, mailbox: &[u8]) -> Result<(), Refusal> {
        self.about("CREATE ", mailbox).await
    }

    /// Removes a mailbox, if it is there. How that ends is not awaited: [`Steward::leave`] does.
    pub(crate) async fn remove(&mut self, mailbox: &[u8], subscribed: bool) {
        // What is not there can't be removed: either refusal is as good.
        if subscribed {
            let _ = self.ask("UNSUBSCRIBE ", mailbox).await;
        }
        let _ = self.ask("DELETE ", mailbox).await;
    }

    async fn about(&mut self, verb: &str, mailbox: &[u8]) -> Result<(), Refusal> {
        let exchange = self.ask(verb, mailbox).await?;
        let bench = self.bench;
        must_end(bench, self.imap().await?, exchange).await.map(drop)
    }

    async fn ask(&mut self, verb: &str, mailbox: &[u8]) -> Result<ExchangeId, Refusal> {
        let bench = self.bench;
        let link = self.imap().await?;
        let mut segments = vec![Segment::Octets(verb.into())];
        push_astring(&mut segments, mailbox);
        Ok(send(bench, link, &segments, None, &[]).await?)
    }

    /// Appends messages in order and returns their UIDs.
    ///
    /// # Errors
    /// If the server refuses one, or does not tell their UIDs.
    pub(crate) async fn fill(
        &mut self,
        mailbox: &[u8],
        messages: &[(GivenMessage, &'static [u8])],
    ) -> Result<Vec<u32>, Refusal> {
        let bench = self.bench;
        let link = self.imap().await?;
        // With LITERAL+ all leave in one write; else each waits for its invitation.
        let mut appends = Vec::new();
        for (message, octets) in messages {
            let mut segments = vec![Segment::Octets(b"APPEND ".to_vec())];
            push_astring(&mut segments, mailbox);
            // Some servers want the flag list that the grammar lets go.
            push(&mut segments, format!(" ({}) ", message.flags.join(" ")).as_bytes());
            if let Some(date) = &message.date {
                push(&mut segments, format!("\"{date}\" ").as_bytes());
            }
            if bench.facts.advertises(Protocol::Imap, "LITERAL+") {
                push(&mut segments, format!("{{{}+}}\r\n", octets.len()).as_bytes());
                push(&mut segments, octets);
            } else {
                segments.push(Segment::SynchronizingLiteral(octets.to_vec()));
            }
            appends.push(send(bench, link, &segments, None, &[]).await?);
        }
        let mut uids = Vec::new();
        for append in appends {
            must_end(bench, link, append).await?;
            uids.extend(appended_uid(link, append));
        }
        if uids.len() < messages.len() {
            uids = self.uids(mailbox).await?;
        }
        Ok(uids)
    }

    /// The UIDs in a mailbox, without taking \Recent from its messages.
    async fn uids(&mut self, mailbox: &[u8]) -> Result<Vec<u32>, Refusal> {
        self.about("EXAMINE ", mailbox).await?;
        let bench = self.bench;
        let link = self.imap().await?;
        let mut uids = Vec::new();
        if link.session().mailbox().and_then(|mailbox| mailbox.exists) != Some(0) {
            command(bench, link, "FETCH 1:* (UID)").await?;
            let messages = link.session().mailbox().map(|mailbox| mailbox.messages().to_vec());
            uids = messages.unwrap_or_default().iter().filter_map(|m| u32::try_from(m.uid?).ok()).collect();
        }
        // CLOSE would expunge on a server that forgets that this was EXAMINE.
        if bench.facts.advertises(Protocol::Imap, "UNSELECT") {
            command(bench, link, "UNSELECT").await?;
        } else {
            self.link = None;
        }
        Ok(uids)
    }

    /// Empties the INBOX.
    ///
    /// # Errors
    /// If the server refuses, or another session keeps the maildrop locked.
    pub(crate) async fn empty_inbox(&mut self) -> Result<(), Refusal> {
        if self.bench.target.speaks(Protocol::Imap) {
            self.empty_by_imap().await
        } else {
            self.empty_by_pop3().await
        }
    }

    async fn empty_by_imap(&mut self) -> Result<(), Refusal> {
        let bench = self.bench;
        let link = self.imap().await?;
        command(bench, link, "SELECT INBOX").await?;
        if link.session().mailbox().and_then(|mailbox| mailbox.exists) != Some(0) {
            command(bench, link, "STORE 1:* +FLAGS.SILENT (\\Deleted)").await?;
        }
        command(bench, link, "CLOSE").await.map(drop)
    }

    async fn empty_by_pop3(&mut self) -> Result<(), Refusal> {
        let bench = self.bench;
        let mut link = self.pop3().await?;
        let stat = command(bench, &mut link, "STAT").await?;
        for number in 1..=counted(&link, stat) {
            command(bench, &mut link, &format!("DELE {number}")).await?;
        }
        let quit = send(bench, &mut link, &[Segment::Octets(b"QUIT".to_vec())], None, &[]).await?;
        let _ = complete(bench, &mut link, quit).await;
        Ok(())
    }

    /// A POP3 session, once the maildrop is free.
    async fn pop3(&mut self) -> Result<Link, Refusal> {
        let until = tokio::time::Instant::now() + LOCK_PATIENCE;
        loop {
            let link = self.bench.connect(Protocol::Pop3, "steward", &self.transcript).await;
            let mut link = link.map_err(|error| Refusal::NotConnected(error.to_string()))?;
            greeting(self.bench, &mut link).await?;
            match log_in(self.bench, &mut link, self.bench.account(self.account)).await {
                Err(Refusal::Refused { .. }) if tokio::time::Instant::now() < until => {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
                Err(refusal) => return Err(refusal),
                Ok(()) => return Ok(link),
            }
        }
    }

    /// Delivers messages into the empty maildrop and waits until they are there.
    ///
    /// # Errors
    /// If one is not taken, if they do not come, or if the server numbers them in an order of its own.
    pub(crate) async fn fill_maildrop(
        &mut self,
        messages: &[(GivenMessage, &'static [u8])],
    ) -> Result<(), Refusal> {
        for (_, octets) in messages {
            self.deliver(octets).await?;
        }
        if self.await_maildrop(messages).await? {
            return Ok(());
        }
        // A server may order messages by the second of their arrival.
        self.empty_inbox().await?;
        for (_, octets) in messages {
            self.deliver(octets).await?;
            tokio::time::sleep(BETWEEN_SECONDS).await;
        }
        if self.await_maildrop(messages).await? {
            return Ok(());
        }
        let why = "the server does not number messages in the order of their arrival";
        Err(Refusal::NotConnected(why.into()))
    }

    /// Waits until the maildrop holds these messages and no session has it. False: sizes tell that they are in another order.
    async fn await_maildrop(&mut self, messages: &[(GivenMessage, &'static [u8])]) -> Result<bool, Refusal> {
        let bench = self.bench;
        let until = tokio::time::Instant::now() + LOCK_PATIENCE;
        loop {
            let mut link = self.pop3().await?;
            let stat = command(bench, &mut link, "STAT").await?;
            let mut there = counted(&link, stat);
            if there != messages.len() as u64 {
                // Whether STAT is right is a matter of scenarios.
                let list = command(bench, &mut link, "LIST").await?;
                there = listed(&link, list);
            }
            let complete_now = there == messages.len() as u64;
            let mut ordered = true;
            if complete_now && messages.len() > 1 {
                let list = command(bench, &mut link, "LIST").await?;
                ordered = in_order(&link, list, messages);
            }
            let quit = send(bench, &mut link, &[Segment::Octets(b"QUIT".to_vec())], None, &[]).await?;
            // How QUIT is answered is a matter of scenarios.
            let _ = complete(bench, &mut link, quit).await;
            if complete_now {
                return Ok(ordered);
            }
            if tokio::time::Instant::now() >= until {
                return Err(Refusal::NotConnected(format!(
                    "the maildrop holds {there} messages where {} were put",
                    messages.len()
                )));
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    /// Puts a message into the INBOX by the target's way of delivery.
    ///
    /// # Errors
    /// If it is not taken.
    pub(crate) async fn deliver(&mut self, octets: &[u8]) -> Result<(), Refusal> {
        let target = &self.bench.target;
        if target.delivery != crate::target::Delivery::ImapAppend {
            let user = &self.bench.account(self.account).user;
            return target
                .delivery
                .deliver(user, octets)
                .await
                .map_err(|error| Refusal::NotConnected(error.to_string()));
        }
        let bench = self.bench;
        let link = self.imap().await?;
        // Some servers want the flag list that the grammar lets go.
        let mut segments = vec![Segment::Octets(b"APPEND INBOX () ".to_vec())];
        segments.push(Segment::SynchronizingLiteral(octets.to_vec()));
        must(bench, link, &segments, &[]).await.map(drop)
    }

    /// The server has been stopped: the connection is of no use any more.
    pub(crate) fn forget(&mut self) {
        self.link = None;
    }

    /// Leaves in good order.
    pub(crate) async fn leave(&mut self) {
        if let Some(link) = &mut self.link
            && link.session().closed().is_none()
            && let Ok(logout) =
                send(self.bench, link, &[Segment::Octets(b"LOGOUT".to_vec())], None, &[]).await
        {
            let _: Result<EndStatus, _> = complete(self.bench, link, logout).await;
        }
        self.link = None;
    }
}

/// `[APPENDUID validity uid]` (RFC 4315 section 3).
fn appended_uid(link: &Link, exchange: ExchangeId) -> Option<u32> {
    let end = link.session().exchange(exchange).end?;
    let line = &link.session().lines()[end.line];
    let Kind::Tagged { text, .. } = &line.imap()?.kind else { return None };
    let code = text.code.as_ref().filter(|code| code.name.is("APPENDUID", &line.octets))?;
    u32::try_from(code.arguments.get(1)?.number()?).ok()
}

/// Do the sizes of scan listings say that the messages are in this order? Where they are other sizes than the messages have, or
/// equal ones, there is nothing to tell by.
fn in_order(link: &Link, list: ExchangeId, messages: &[(GivenMessage, &'static [u8])]) -> bool {
    let line = link.session().exchange(list).end.and_then(|end| link.session().lines().get(end.line));
    let Some((line, reply)) = line.and_then(|line| Some((line, line.pop3()?))) else { return true };
    let size = |content: &[u8]| String::from_utf8_lossy(content).split(' ').nth(1)?.parse::<usize>().ok();
    let listed: Option<Vec<usize>> =
        reply.lines(&line.octets).map(|listing| size(listing.content.of(&line.octets))).collect();
    let Some(listed) = listed else { return true };
    // A line end may have been added to a message that had none.
    let fits = |listed: usize, octets: &[u8]| {
        listed == octets.len() || !octets.ends_with(b"\r\n") && listed == octets.len() + 2
    };
    let known = |listed: &usize| messages.iter().any(|(_, octets)| fits(*listed, octets));
    !listed.iter().all(known)
        || listed.iter().zip(messages).all(|(listed, (_, octets))| fits(*listed, octets))
}

/// How many messages LIST lists.
fn listed(link: &Link, list: ExchangeId) -> u64 {
    let line = link.session().exchange(list).end.and_then(|end| link.session().lines().get(end.line));
    let reply = line.and_then(|line| Some((line, line.pop3()?)));
    reply.map_or(0, |(line, reply)| reply.lines(&line.octets).count() as u64)
}

/// The count of `+OK count octets`.
fn counted(link: &Link, stat: ExchangeId) -> u64 {
    let line = link.session().exchange(stat).end.and_then(|end| link.session().lines().get(end.line));
    let text = line.map_or_else(String::new, |line| String::from_utf8_lossy(line.text()).into_owned());
    text.split(' ').nth(1).and_then(|count| count.parse().ok()).unwrap_or(0)
}
