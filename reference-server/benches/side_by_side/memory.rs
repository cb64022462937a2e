//! Memory per idle session: many sessions that have logged in, selected a mailbox and fallen silent.

use std::io::Write;
use std::thread::sleep;
use std::time::Duration;

use crate::client::Client;
use crate::server::{Contender, PASSWORD, USER};
use crate::{Failure, process};

/// How long processes may take to settle before they are looked at.
const SETTLE: Duration = Duration::from_secs(2);

/// Prints, for each server, by how much its memory grows with each of `count` idle sessions.
pub(crate) fn measure(contenders: &[&Contender], count: usize, out: &mut impl Write) -> Result<(), Failure> {
    for contender in contenders {
        let before = process::memory(contender.process)?;
        let mut clients = Vec::with_capacity(count);
        for _ in 0..count {
            let mut client = Client::imap(contender.imap, USER, PASSWORD)?;
            client.imap_command(b"SELECT envelopes")?;
            clients.push(client);
        }
        sleep(SETTLE);
        let after = process::memory(contender.process)?;
        let kibibytes = after.saturating_sub(before) / count as u64 * 10 / 1024;
        writeln!(
            out,
            "{}: {}.{} KiB per idle session ({count} sessions, {} processes)",
            contender.name,
            kibibytes / 10,
            kibibytes % 10,
            process::names(contender.process)?.len()
        )?;
    }
    Ok(())
}
