"""mpop: POP3 with all commands in one write (PIPELINING), UIDL, and its ways to log in."""

from case import Case
from mail import Maildir, fixtures, made, unix
from server import PASSWORD, USER

CONFIGURATION = """\
account default
host localhost
port {port}
user {user}
password {password}
auth {auth}
delivery maildir {home}/got
received_header off
uidls_file {home}/uidls
timeout 20
pipelining {pipelining}
keep {keep}
tls {tls}
tls_starttls {starttls}
tls_trust_file {certificate}
"""


class Mpop(Case):
    program = "mpop"

    def configure(self, keep="off", service="pop3", auth="user", pipelining="on", tls="off", starttls="off"):
        text = CONFIGURATION.format(
            port=getattr(self.server, service),
            user=USER,
            password=PASSWORD,
            auth=auth,
            pipelining=pipelining,
            keep=keep,
            tls=tls,
            starttls=starttls,
            certificate=self.server.certificate,
            home=self.home,
        )
        self.write(".mpoprc", text)

    def fetch(self):
        """What this run delivered."""
        maildir = Maildir(self.home / "got")
        for file in maildir.files():
            file.unlink()
        self.run_client("mpop")
        return sorted(octets for _, octets in maildir.held())

    def expected(self, numbers):
        return sorted(unix(made(number)) for number in numbers)


class Commands(Mpop):
    def test_pipelined_and_one_by_one(self):
        for pipelining in ("on", "off"):
            self.configure(pipelining=pipelining)
            self.server.append([made(number) for number in range(100)])
            self.assertEqual(self.fetch(), self.expected(range(100)))
            self.assertEqual(self.server.held(), [])

    def test_keep_fetches_by_unique_id_what_is_new(self):
        self.configure(keep="on")
        self.server.append([made(number) for number in range(10)])
        self.assertEqual(self.fetch(), self.expected(range(10)))
        self.assertEqual(self.fetch(), [])
        self.server.expunge([1, 5])
        self.server.append([made(10), made(11)])
        self.assertEqual(self.fetch(), self.expected((10, 11)))
        self.assertEqual(len(self.server.held()), 10)

    def test_logins(self):
        self.server.append([made(1)])
        for auth in ("user", "apop", "plain", "cram-md5", "scram-sha-256"):
            (self.home / "uidls").unlink(missing_ok=True)
            self.configure(auth=auth, keep="on")
            self.assertEqual(self.fetch(), self.expected([1]), auth)

    def test_stls(self):
        self.configure(tls="on", starttls="on")
        self.server.append([made(1)])
        self.assertEqual(self.fetch(), self.expected([1]))

    def test_implicit_tls(self):
        self.configure(service="pop3s", tls="on")
        self.server.append([made(1)])
        self.assertEqual(self.fetch(), self.expected([1]))


class Messages(Mpop):
    """Where the server knows UTF8, it has a client ask for headers in UTF-8 (RFC 6856); mpop does not."""

    arguments = ("--without", "UTF8")

    def test_odd_messages_arrive_unharmed(self):
        self.configure(keep="on")
        messages = list(fixtures().values())
        self.server.append(messages)
        ended = (unix(message) for message in messages)
        self.assert_messages(self.fetch(), sorted(m if m.endswith(b"\n") else m + b"\n" for m in ended))
