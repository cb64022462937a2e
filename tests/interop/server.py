"""The reference server, started for one test, and a look at what it holds.

The server runs on ports of its own choice; what it prints says where. `Server.stop` demands that it ends as asked, with
exit code 0, and that it wrote nothing to standard error: a panic in a session shows there.
"""

import atexit
import contextlib
import dataclasses
import email.utils
import imaplib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("MAILSPEC", str(ROOT / "target" / "debug" / "mailspec"))
USER, PASSWORD = "alice", "secret"

_certificate = None


@dataclasses.dataclass(frozen=True)
class Stored:
    """A message as the server holds it: `flags` without \\Recent, `octets` with CRLF, `date` in seconds since 1970."""

    uid: int
    flags: frozenset
    date: float
    octets: bytes


class Server:
    """A running server. `imap`, `imaps`, `pop3`, `pop3s` and `lmtp` are ports on 127.0.0.1, which the certificate names."""

    def __init__(self, *arguments, users=((USER, PASSWORD),)):
        certificate, key = make_certificate()
        command = [PROGRAM, "serve", "--tls-cert", certificate, "--tls-key", key, *arguments]
        command += [word for service in SERVICES for word in (f"--{service}", "0")]
        command += [word for user in users for word in ("--user", ":".join(user))]
        self.users = dict(users)
        self.certificate = certificate
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._errors, text=True)
        for service in SERVICES:
            setattr(self, service, self._port(service))

    def _port(self, service):
        line = self._process.stdout.readline()
        address = re.fullmatch(rf"{service}://127\.0\.0\.1:(\d+)\n", line)
        if not address:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(f"the server printed {line!r} for {service}; {self._said()!r}")
        return int(address[1])

    def stop(self):
        self._process.send_signal(signal.SIGINT)
        try:
            code = self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._process.stdout.close()
        errors = self._said()
        self._errors.close()
        if code != 0 or errors:
            raise AssertionError(f"the server ended with {code} and wrote: {errors}")

    def _said(self):
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def trust(self):
        """TLS that trusts the certificate of this server and checks its name."""
        return ssl.create_default_context(cafile=self.certificate)

    @contextlib.contextmanager
    def session(self, user=USER):
        """An IMAP session to set the scene with, and to look afterwards."""
        with imaplib.IMAP4("127.0.0.1", self.imap, timeout=20) as imap:
            # imaplib ends a literal in a write of its own, which would wait for an acknowledgement.
            imap.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            accepted(imap.login(user, self.users[user]))
            yield imap

    def capabilities(self):
        with self.session() as imap:
            return set(accepted(imap.capability())[0].decode().split())

    def append(self, messages, mailbox="INBOX", flags=(), date=None, user=USER):
        with self.session(user) as imap:
            for message in messages:
                append(imap, message, mailbox, flags, date)

    def create(self, mailbox):
        with self.session() as imap:
            accepted(imap.create(quoted(mailbox)))

    def store(self, uids, change, flags, mailbox="INBOX"):
        """`change` is `+FLAGS`, `-FLAGS` or `FLAGS`."""
        with self.session() as imap:
            accepted(imap.select(quoted(mailbox)))
            accepted(imap.uid("STORE", ",".join(map(str, uids)), change, f"({' '.join(flags)})"))

    def expunge(self, uids, mailbox="INBOX"):
        with self.session() as imap:
            accepted(imap.select(quoted(mailbox)))
            uids = ",".join(map(str, uids))
            accepted(imap.uid("STORE", uids, "+FLAGS.SILENT", r"(\Deleted)"))
            accepted(imap.uid("EXPUNGE", uids))

    def held(self, mailbox="INBOX", user=USER):
        """All messages of a mailbox in the order of their UIDs. Changes nothing."""
        with self.session(user) as imap:
            accepted(imap.select(quoted(mailbox), readonly=True))
            return fetched(accepted(imap.uid("FETCH", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")))

    def mailboxes(self, user=USER):
        with self.session(user) as imap:
            return {re.search(rb'(?:"([^"]*)"|(\S+))$', line)[0].decode().strip('"') for line in accepted(imap.list())}


SERVICES = ("imap", "imaps", "pop3", "pop3s", "lmtp")


def make_certificate():
    """A certificate for localhost that signs itself, made once for all tests of a process."""
    global _certificate
    if _certificate is None:
        folder = tempfile.mkdtemp(prefix="mailspec-interop-")
        atexit.register(shutil.rmtree, folder)
        chain, key = f"{folder}/cert.pem", f"{folder}/key.pem"
        command = f"""openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {key} -out {chain}"""
        subprocess.run(command.split(), check=True, capture_output=True)
        _certificate = (chain, key)
    return _certificate


def append(imap, message, mailbox="INBOX", flags=(), date=None):
    date = imaplib.Time2Internaldate(date) if date is not None else None
    return accepted(imap.append(quoted(mailbox), f"({' '.join(flags)})", date, message))


def fetched(data):
    """What imaplib gives for UID FETCH (FLAGS INTERNALDATE BODY[])."""
    messages = []
    for part, after in zip(data, data[1:] + [b""]):
        if not isinstance(part, tuple):
            continue
        items = part[0] + (after if isinstance(after, bytes) else b"")
        flags = {flag.decode() for flag in imaplib.ParseFlags(items)} - {r"\Recent"}
        date = email.utils.mktime_tz(email.utils.parsedate_tz(re.search(rb'INTERNALDATE "([^"]+)"', items)[1].decode()))
        messages.append(Stored(int(re.search(rb"UID (\d+)", items)[1]), frozenset(flags), date, part[1]))
    return messages


def accepted(answer):
    """The data of an answer of imaplib that must be OK."""
    kind, data = answer
    if kind != "OK":
        raise AssertionError(f"refused: {kind} {data}")
    return [part for part in data if part is not None]


def quoted(mailbox):
    return '"' + mailbox.replace("\\", "\\\\").replace('"', '\\"') + '"'
