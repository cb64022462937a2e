//! A client that costs little: blocking, one connection, replies skipped rather than read.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Only a server that hangs takes so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection to a server.
pub(crate) struct Client {
    stream: TcpStream,
    input: Vec<u8>,
    /// How much of `input` has been used.
    at: usize,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, input: Vec::new(), at: 0 })
    }

    /// An IMAP session of this user.
    pub(crate) fn imap(address: SocketAddr, user: &str, password: &str) -> io::Result<Self> {
        let mut client = Self::connect(address)?;
        client.line()?;
        client.imap_command(format!("LOGIN {user} {password}").as_bytes())?;
        Ok(client)
    }

    pub(crate) fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.write_all(octets)
    }

    /// Sends an IMAP command without its tag and line end, and awaits its success.
    pub(crate) fn imap_command(&mut self, command: &[u8]) -> io::Result<()> {
        self.send(&tagged(command))?;
        self.imap_result()
    }

    /// Awaits the success of the IMAP command under way; literals are skipped.
    pub(crate) fn imap_result(&mut self) -> io::Result<()> {
        loop {
            let line = self.line()?;
            if let Some(result) = line.strip_prefix(b"t ") {
                return expect(result.starts_with(b"OK"), &line);
            }
            if let Some(size) = announced(&line) {
                self.skip(size)?;
            }
        }
    }

    /// Sends a POP3 command with its line end, and awaits a positive reply of one line.
    pub(crate) fn pop3_command(&mut self, command: &[u8]) -> io::Result<()> {
        self.send(command)?;
        let line = self.line()?;
        expect(line.starts_with(b"+OK"), &line)
    }

    /// Skips the lines of a POP3 reply up to the lone dot.
    pub(crate) fn pop3_lines(&mut self) -> io::Result<()> {
        while self.line()? != b"." {}
        Ok(())
    }

    /// The next line without its CRLF.
    pub(crate) fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            let unused = &self.input[self.at..];
            if let Some(length) = unused[searched..].iter().position(|octet| *octet == b'\n') {
                let line = unused[..searched + length].trim_ascii_end().to_vec();
                self.at += searched + length + 1;
                return Ok(line);
            }
            searched = unused.len();
            self.fill()?;
        }
    }

    fn skip(&mut self, size: usize) -> io::Result<()> {
        while self.input.len() - self.at < size {
            self.fill()?;
        }
        self.at += size;
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        self.input.drain(..self.at);
        self.at = 0;
        let mut received = [0; 64 * 1024];
        match self.stream.read(&mut received)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.input.extend_from_slice(&received[..count]);
                Ok(())
            }
        }
    }
}

/// The command with the one tag that is used here, and its line end.
pub(crate) fn tagged(command: &[u8]) -> Vec<u8> {
    [b"t ", command, b"\r\n"].concat()
}

/// The size of the literal that follows the line.
fn announced(line: &[u8]) -> Option<usize> {
    let digits = line.strip_suffix(b"}")?;
    let start = digits.iter().rposition(|octet| *octet == b'{')? + 1;
    std::str::from_utf8(&digits[start..]).ok()?.parse().ok()
}

fn expect(holds: bool, line: &[u8]) -> io::Result<()> {
    match holds {
        true => Ok(()),
        false => Err(io::Error::other(format!("the server says {:?}", String::from_utf8_lossy(line)))),
    }
}
