//! Octets from a stream, without a buffer while there are none.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::io::ReadBuf;

use super::connection::Transport;

/// How much is taken at once.
const ROOM: usize = 4 * 1024;

/// Appends what there is to `input` and returns how much that is: 0 at the end of the stream. What an idle session waits
/// with is no more than its stream. Safe to drop and call again.
///
/// # Errors
/// Those of the stream.
pub(crate) async fn receive<T: Transport>(stream: &mut T, input: &mut Vec<u8>) -> io::Result<usize> {
    poll_fn(|context| {
        let mut room = [MaybeUninit::uninit(); ROOM];
        let mut received = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut received))?;
        input.extend_from_slice(received.filled());
        Poll::Ready(Ok(received.filled().len()))
    })
    .await
}
