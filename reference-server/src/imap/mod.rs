//! The IMAP4rev1 side (RFC 3501), with IDLE (RFC 2177), UIDPLUS (RFC 4315), LITERAL+ (RFC 7888), NAMESPACE (RFC 2342),
//! UNSELECT (RFC 3691), ID (RFC 2971), CHILDREN (RFC 3348), MOVE (RFC 6851), SASL-IR (RFC 4959), STATUS=SIZE (RFC 8438),
//! ENABLE (RFC 5161), ESEARCH (RFC 4731), SEARCHRES (RFC 5182), LIST-EXTENDED (RFC 5258), SPECIAL-USE (RFC 6154),
//! LIST-STATUS (RFC 5819), MULTIAPPEND (RFC 3502), BINARY (RFC 3516), SORT, THREAD=ORDEREDSUBJECT and THREAD=REFERENCES
//! (RFC 5256), I18NLEVEL=1 (RFC 5255), CONDSTORE and QRESYNC (RFC 7162). [`Extensions`] can hide each of them.
//!
//! What comes in passes four seams: octets become a command, the session carries it out on the store, what it has to
//! say are responses, and the wire sends those as octets. One file per group of commands.

mod append;
mod capability;
pub(crate) mod command;
mod condstore;
mod copy;
mod criterion;
mod esearch;
mod expunge;
mod extension;
mod fetch;
mod idle;
mod list;
mod list_extended;
mod login;
mod mailboxes;
mod qresync;
mod receive;
pub(crate) mod response;
mod saved;
mod search;
mod select;
pub(crate) mod session;
mod sort;
mod special_use;
mod store;
mod thread;
mod wire;

#[cfg(test)]
mod tests;

use command::is_atom as command_atom;
pub use extension::{Extension, Extensions, UnknownExtension};

use crate::net::{Connection, Outcome, Transport};
use session::{End, Session};

/// Month names as dates in commands and responses spell them.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Serves one session over `stream`, from the greeting to the end or to the upgrade by STARTTLS.
pub async fn serve<T: Transport>(stream: T, connection: &mut Connection) -> Outcome<T> {
    let mut session = Session::new(stream, connection);
    match session.run().await {
        End::Upgrade => {
            session.connection.leave_behind(session.wire.untaken());
            Outcome::Upgrade(session.into_stream())
        }
        End::Closed => Outcome::Closed(session.into_stream()),
    }
}

/// Parses the first command of `octets` in every state, for the fuzzer.
#[cfg(fuzzing)]
pub fn fuzz_command(octets: &[u8]) {
    command::fuzz(octets);
}
