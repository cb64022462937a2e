//! A session on its transport.

use std::{cell::RefCell, future::poll_fn, io, pin::Pin, task::Poll, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    time::{Instant, sleep, sleep_until},
};

use super::{BoxStream, Clock, ConnectError, Connector};
use crate::{
    scenario::program::Pace,
    session::{Closed, Command, ExchangeId, Session},
    watch::Watch,
};

/// Octets read at once.
const SEGMENT: usize = 16 << 10;

/// What waiting has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Octets have arrived.
    Octets,
    /// The connection has ended, now or before.
    End,
    /// Nothing until the deadline.
    Silence,
}

/// A session, the rules that watch it, and the transport that it runs on.
pub struct Link {
    session: Session,
    watch: Watch,
    stream: Option<BoxStream>,
    clock: Clock,
    outgoing: Vec<u8>,
    pace: Option<Pace>,
}

thread_local! {
    /// What is read lands here and is taken in at once: thousands of sessions need no buffer each.
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; SEGMENT].into_boxed_slice());
}

impl Link {
    /// Puts a session on a transport.
    #[must_use]
    pub fn new(session: Session, watch: Watch, stream: BoxStream, clock: Clock) -> Self {
        Self { session, watch, stream: Some(stream), clock, outgoing: Vec::new(), pace: None }
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The session, to be told things.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// What watches it.
    pub fn watch_mut(&mut self) -> &mut Watch {
        &mut self.watch
    }

    /// Opens an exchange for a command that will be queued.
    pub fn open(&mut self, command: Command, label: Option<&str>) -> ExchangeId {
        self.session.open(command, label, self.clock.now(), &mut self.watch)
    }

    /// Puts octets behind those that wait to be sent; `shown` is what the transcript may show of them.
    pub fn queue(&mut self, octets: &[u8], shown: &[u8]) {
        self.outgoing.extend_from_slice(octets);
        self.session.sent(shown, self.clock.now());
    }

    /// Does something wait to be sent?
    #[must_use]
    pub fn has_queued(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Cuts further sends into pieces.
    pub fn set_pace(&mut self, pace: Option<Pace>) {
        self.pace = pace;
    }

    /// Sends what is queued, reading meanwhile so that neither side waits for the other for ever. The pauses of a pace do not count
    /// against the deadline; what the peer does not take stays queued.
    pub async fn flush(&mut self, deadline: Instant) -> Heard {
        let mut outgoing = std::mem::take(&mut self.outgoing);
        let pause = self.pace.map_or(Duration::ZERO, |pace| pace.every);
        let size = self.pace.map_or(outgoing.len(), |pace| pace.octets).max(1);
        let (mut written, mut pauses) = (0, Duration::ZERO);
        for piece in outgoing.chunks(size) {
            let (count, heard) = self.write(piece, deadline + pauses).await;
            written += count;
            if heard == Heard::Silence {
                self.outgoing = outgoing[written..].to_vec();
            }
            if heard != Heard::Octets {
                return heard;
            }
            pauses += pause;
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
        // Nothing can have been queued meanwhile, and the next command needs no new memory.
        if outgoing.capacity() <= SEGMENT {
            outgoing.clear();
            self.outgoing = outgoing;
        }
        Heard::Octets
    }

    /// Writes octets; how many, and what stopped it if not all.
    async fn write(&mut self, octets: &[u8], deadline: Instant) -> (usize, Heard) {
        let mut written = 0;
        while written < octets.len() {
            match self.progress(&octets[written..], deadline).await {
                Progress::Wrote(count) => written += count,
                Progress::Read => {}
                Progress::Ended(how) => return (written, self.ended(how)),
                Progress::Silence => return (written, Heard::Silence),
            }
        }
        let Some(stream) = &mut self.stream else { return (written, Heard::End) };
        let flushed = match tokio::time::timeout_at(deadline, stream.flush()).await {
            Ok(Ok(())) => Heard::Octets,
            Ok(Err(error)) => self.ended(Closed::Broken(error.to_string())),
            Err(_) => Heard::Silence,
        };
        (written, flushed)
    }

    /// Sends what is queued, then waits until something arrives, at most until the deadline.
    pub async fn hear(&mut self, deadline: Instant) -> Heard {
        if !self.outgoing.is_empty() {
            let flushed = self.flush(deadline).await;
            if flushed != Heard::Octets {
                return flushed;
            }
        }
        match self.progress(&[], deadline).await {
            Progress::Read => Heard::Octets,
            Progress::Ended(how) => self.ended(how),
            Progress::Wrote(_) | Progress::Silence => Heard::Silence,
        }
    }

    fn ended(&mut self, how: Closed) -> Heard {
        self.stream = None;
        self.outgoing.clear();
        self.session.close(how, self.clock.now(), &mut self.watch);
        Heard::End
    }

    async fn progress(&mut self, octets: &[u8], deadline: Instant) -> Progress {
        tokio::select! {
            biased;
            progress = self.moved(octets) => progress,
            () = sleep_until(deadline) => Progress::Silence,
        }
    }

    /// Writes some of the octets, or reads what has arrived.
    async fn moved(&mut self, octets: &[u8]) -> Progress {
        if self.session.closed().is_some() {
            self.stream = None;
        }
        let Self { stream: Some(stream), session, watch, clock, .. } = self else {
            return Progress::Ended(Closed::ByServer);
        };
        poll_fn(|context| {
            if !octets.is_empty()
                && let Poll::Ready(wrote) = Pin::new(&mut *stream).poll_write(context, octets)
            {
                return Poll::Ready(match wrote {
                    Ok(0) => Progress::Ended(Closed::Broken("nothing more can be written".into())),
                    Ok(count) => Progress::Wrote(count),
                    Err(error) => Progress::Ended(broken(&error)),
                });
            }
            BUFFER.with_borrow_mut(|buffer| {
                let mut read = ReadBuf::new(buffer);
                match Pin::new(&mut *stream).poll_read(context, &mut read) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Ok(())) if read.filled().is_empty() => {
                        Poll::Ready(Progress::Ended(Closed::ByServer))
                    }
                    Poll::Ready(Ok(())) => {
                        session.receive(read.filled(), clock.now(), watch);
                        Poll::Ready(Progress::Read)
                    }
                    Poll::Ready(Err(error)) => Poll::Ready(Progress::Ended(broken(&error))),
                }
            })
        })
        .await
    }

    /// Waits until something arrives, for however long. What is queued must have been sent.
    pub async fn listen(&mut self) -> Heard {
        match self.moved(&[]).await {
            Progress::Ended(how) => self.ended(how),
            Progress::Read | Progress::Wrote(_) | Progress::Silence => Heard::Octets,
        }
    }

    /// Waits, reading.
    pub async fn wait(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while self.hear(until).await == Heard::Octets {}
        sleep_until(until).await;
    }

    /// Closes the connection without a word.
    pub fn disconnect(&mut self) {
        self.stream = None;
        self.outgoing.clear();
        self.session.close(Closed::ByClient, self.clock.now(), &mut self.watch);
    }

    /// The connection is of no use any more.
    pub fn fail(&mut self, why: String) {
        self.ended(Closed::Broken(why));
    }

    /// Makes the TLS handshake. Returns what the server had sent in plaintext behind its last response.
    ///
    /// # Errors
    /// If the connection has ended or the handshake fails.
    pub async fn secure(
        &mut self,
        connector: &Connector,
        deadline: Instant,
    ) -> Result<Vec<u8>, ConnectError> {
        self.flush(deadline).await;
        let stream = self.stream.take().ok_or(ConnectError::Ended)?;
        self.stream = Some(connector.handshake(stream, deadline).await?);
        Ok(self.session.secured(self.clock.now()))
    }
}

enum Progress {
    Wrote(usize),
    /// Octets, which the session has taken in.
    Read,
    Ended(Closed),
    Silence,
}

/// A TLS peer that closes without close_notify closes all the same.
fn broken(error: &io::Error) -> Closed {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Closed::ByServer,
        _ => Closed::Broken(error.to_string()),
    }
}
