//! A server that answers the set-up of a scenario by itself, and everything else as a script says.

use std::sync::{Arc, Mutex};

use mailspec::{net::BoxStream, scenario::program::Protocol};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// What the connections of one run share.
#[derive(Default)]
pub(crate) struct Server {
    blocks: Mutex<Vec<Block>>,
    appended: Mutex<usize>,
    received: Mutex<Vec<String>>,
    connections: Mutex<usize>,
}

/// What to answer to a command that begins so.
///
/// ```text
/// > STORE          once; `>* NOOP` each time
/// * 1 EXISTS       `$tag` is the command's tag, `$1` that of the first command that the script has answered
/// $tag OK done     `!close`, `!pause 50` (ms), `!refuse` (a literal, at once)
/// ```
struct Block {
    prefix: String,
    each_time: bool,
    answer: Vec<String>,
}

impl Server {
    /// A server with this script.
    pub(crate) fn new(script: &str) -> Self {
        let mut blocks: Vec<Block> = Vec::new();
        for line in script.lines() {
            if let Some(head) = line.strip_prefix('>') {
                let (each_time, prefix) = match head.strip_prefix('*') {
                    Some(prefix) => (true, prefix),
                    None => (false, head),
                };
                blocks.push(Block { prefix: prefix.trim().to_owned(), each_time, answer: Vec::new() });
            } else {
                blocks.last_mut().expect("a script begins with `>`").answer.push(line.to_owned());
            }
        }
        Self { blocks: Mutex::new(blocks), ..Self::default() }
    }

    /// How many commands have begun so.
    pub(crate) fn received(&self, prefix: &str) -> usize {
        self.received.lock().unwrap().iter().filter(|line| line.starts_with(prefix)).count()
    }

    /// A new connection.
    pub(crate) fn connect(self: &Arc<Self>, protocol: Protocol) -> BoxStream {
        let (client, server) = tokio::io::duplex(64 << 10);
        let this = Arc::clone(self);
        // The first connection is the examination of the target, which is no part of the script.
        let examined = std::mem::replace(&mut *self.connections.lock().unwrap(), 1) > 0;
        // A client that has gone ends the conversation.
        tokio::spawn(async move { this.converse(protocol, server, examined).await.ok() });
        Box::new(client)
    }

    async fn converse(
        &self,
        protocol: Protocol,
        stream: DuplexStream,
        examined: bool,
    ) -> std::io::Result<()> {
        let (input, mut out) = tokio::io::split(stream);
        let mut input = BufReader::new(input);
        let greeting: &[u8] = match protocol {
            Protocol::Imap => b"* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n",
            Protocol::Pop3 => b"+OK ready\r\n",
        };
        out.write_all(greeting).await?;
        let mut tags = Vec::new();
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            while let Some(size) = literal(&line) {
                if self.refuses(protocol, &line) {
                    break;
                }
                if !line.trim_end().ends_with("+}") {
                    out.write_all(b"+ go on\r\n").await?;
                }
                let mut content = vec![0; size];
                input.read_exact(&mut content).await?;
                line = format!("{} {}", line.trim_end(), String::from_utf8_lossy(&content).len());
                input.read_line(&mut line).await?;
            }
            let (tag, command) = split(protocol, line.trim_end());
            if examined {
                self.received.lock().unwrap().push(command.to_owned());
            }
            let Some(answer) = examined.then(|| self.scripted(command)).flatten() else {
                out.write_all(self.polite(protocol, tag, command).as_bytes()).await?;
                continue;
            };
            tags.push(tag.to_owned());
            for line in answer {
                match line.split_once(' ').unwrap_or((&line, "")) {
                    ("!close", _) => return Ok(()),
                    ("!pause", time) => {
                        tokio::time::sleep(std::time::Duration::from_millis(time.parse().unwrap())).await;
                    }
                    ("!refuse", _) => {}
                    _ => {
                        let mut line = line.replace("$tag", tag) + "\r\n";
                        for (at, tag) in tags.iter().enumerate() {
                            line = line.replace(&format!("${}", at + 1), tag);
                        }
                        out.write_all(line.as_bytes()).await?;
                    }
                }
            }
        }
    }

    fn scripted(&self, command: &str) -> Option<Vec<String>> {
        let mut blocks = self.blocks.lock().unwrap();
        let at = blocks.iter().position(|block| command.starts_with(&block.prefix))?;
        let answer = blocks[at].answer.clone();
        if !blocks[at].each_time {
            blocks.remove(at);
        }
        Some(answer)
    }

    fn refuses(&self, protocol: Protocol, line: &str) -> bool {
        let (_, command) = split(protocol, line);
        let blocks = self.blocks.lock().unwrap();
        let block = blocks.iter().find(|block| command.starts_with(&block.prefix));
        block.is_some_and(|block| block.answer.iter().any(|line| line == "!refuse"))
    }

    /// The right answer to what the harness asks around a talk.
    fn polite(&self, protocol: Protocol, tag: &str, command: &str) -> String {
        let word = command.split(' ').next().unwrap_or_default();
        if protocol == Protocol::Pop3 {
            return match word {
                "USER" | "PASS" | "QUIT" => "+OK\r\n".to_owned(),
                "STAT" => "+OK 0 0\r\n".to_owned(),
                _ => "-ERR no\r\n".to_owned(),
            };
        }
        let mut appended = self.appended.lock().unwrap();
        let untagged = match word {
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\n".to_owned(),
            "LIST" => "* LIST (\\Noselect) \"/\" \"\"\r\n".to_owned(),
            "LOGOUT" => "* BYE see you\r\n".to_owned(),
            "SELECT" | "EXAMINE" => {
                return format!(
                    "* {appended} EXISTS\r\n* 0 RECENT\r\n\
                     * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n\
                     * OK [UIDVALIDITY 7] ok\r\n\
                     * OK [PERMANENTFLAGS (\\Deleted \\Seen)] ok\r\n* OK [UIDNEXT {}] ok\r\n\
                     {tag} OK [READ-WRITE] done\r\n",
                    *appended + 1
                );
            }
            "CREATE" => {
                *appended = 0;
                String::new()
            }
            "APPEND" => {
                *appended += 1;
                return format!("{tag} OK [APPENDUID 7 {appended}] done\r\n");
            }
            "LOGIN" | "DELETE" | "STORE" | "CLOSE" | "UNSUBSCRIBE" => String::new(),
            _ => return format!("{tag} BAD no\r\n"),
        };
        format!("{untagged}{tag} OK done\r\n")
    }
}

/// Tag and command; a line that continues a command (`DONE`) is its own.
fn split(protocol: Protocol, line: &str) -> (&str, &str) {
    match protocol {
        Protocol::Imap => line.split_once(' ').unwrap_or((line, line)),
        Protocol::Pop3 => ("", line),
    }
}

/// The size of the literal that a line announces.
fn literal(line: &str) -> Option<usize> {
    let announced = line.trim_end().strip_suffix('}')?;
    announced.rsplit_once('{')?.1.trim_end_matches('+').parse().ok()
}
