//! What a session has to say, until all that it may tell of is durable.

use std::io;

use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use super::connection::Transport;
use crate::faults::Faults;
use crate::faults::connection::{Departure, departure};
use crate::store::Ledger;

/// Octets that gather before they are written.
pub(crate) struct Output {
    octets: Vec<u8>,
    /// Whether the client has a response in part.
    midway: bool,
    ledger: Ledger,
    not_durable: &'static [u8],
    /// Who is asked how octets leave, if anyone.
    faults: Option<Faults>,
}

impl Output {
    /// `not_durable` is said in place of all that was to be said, if that is not durable.
    pub(crate) fn new(not_durable: &'static [u8]) -> Self {
        Self { octets: Vec::new(), midway: false, ledger: Ledger::default(), not_durable, faults: None }
    }

    /// Faults say how octets leave.
    pub(crate) fn leave_as(&mut self, faults: Option<Faults>) {
        self.faults = faults;
    }

    /// From now on nothing is written before all that it may tell of is durable.
    pub(crate) fn speak_when_settled(&mut self, ledger: Ledger) {
        self.ledger = ledger;
    }

    /// What has gathered, and where more is added.
    pub(crate) fn octets(&mut self) -> &mut Vec<u8> {
        &mut self.octets
    }

    /// Writes what has gathered; `midway` says whether it ends within a response. The stream is not flushed.
    ///
    /// # Errors
    /// Those of the stream; and that what was to be said is not durable, of which the client has then been told unless it
    /// has a response in part.
    pub(crate) async fn write<T: Transport>(&mut self, stream: &mut T, midway: bool) -> io::Result<()> {
        if !self.octets.is_empty() {
            if let Err(never) = self.ledger.settled().await {
                self.octets.clear();
                if !self.midway {
                    stream.write_all(self.not_durable).await?;
                    stream.flush().await?;
                }
                return Err(io::Error::other(never));
            }
            self.depart(stream).await?;
            self.octets.clear();
        }
        self.midway = midway;
        Ok(())
    }

    async fn depart<T: Transport>(&self, stream: &mut T) -> io::Result<()> {
        let octets = self.octets.as_slice();
        let departure = self.faults.as_ref().map_or(Departure::Whole, |faults| departure(faults, octets));
        match departure {
            Departure::Whole => stream.write_all(octets).await,
            Departure::Pause(count, time) => {
                let (first, rest) = octets.split_at(count.min(octets.len()));
                stream.write_all(first).await?;
                stream.flush().await?;
                sleep(time).await;
                stream.write_all(rest).await
            }
            Departure::Close(count) => {
                stream.write_all(&octets[..count.min(octets.len())]).await?;
                stream.flush().await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
        }
    }
}
