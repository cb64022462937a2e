"""fetchmail: POP3 with and without `keep`, and IMAP."""

from case import Case
from mail import fixture, made, subject
from server import PASSWORD, USER

CONFIGURATION = """\
set no bouncemail
set no syslog
defaults
  timeout 20
poll localhost protocol {protocol} port {port} {extra}
  user "{user}" password "{password}" {tls}
  {keep}
  no rewrite
  mda "{home}/deliver"
"""

# Keeps each message that it is given in a file of its own.
DELIVER = """\
#!/bin/sh
exec cat > "$(mktemp "$HOME/got/XXXXXXXX")"
"""


class Fetchmail(Case):
    program = "fetchmail"

    def setUp(self):
        super().setUp()
        (self.home / "got").mkdir()
        self.write("deliver", DELIVER, 0o700)

    def configure(self, protocol="pop3", service=None, keep="no keep", tls="sslproto ''", extra=""):
        self.write(
            ".fetchmailrc",
            CONFIGURATION.format(
                protocol=protocol,
                port=getattr(self.server, service or protocol),
                user=USER,
                password=PASSWORD,
                keep=keep,
                tls=tls,
                extra=extra,
                home=self.home,
            ),
        )

    def fetch(self, *options, mail=True):
        """Runs fetchmail once; exit code 1 says that there was no new mail. Returns what was delivered by this run."""
        for file in (self.home / "got").iterdir():
            file.unlink()
        self.run_client("fetchmail", "--nodetach", *options, expect=(0,) if mail else (1,))
        return sorted((file.read_bytes() for file in (self.home / "got").iterdir()), key=subject)

    def assert_delivered(self, got, numbers):
        expected = sorted((made(number) for number in numbers), key=subject)
        self.assertEqual([subject(octets) for octets in got], [subject(octets) for octets in expected])
        for octets, message in zip(got, expected):
            self.assertEqual(body(octets), body(message))

    def verified(self):
        return f"sslcertck sslcertfile {self.server.certificate}"


class Pop3(Fetchmail):
    def test_no_keep_empties_the_maildrop(self):
        self.configure()
        self.server.append([made(number) for number in range(30)])
        self.assert_delivered(self.fetch(), range(30))
        self.assertEqual(self.server.held(), [])
        self.assertEqual(self.fetch(mail=False), [])

    def test_keep_fetches_by_unique_id_what_is_new(self):
        self.configure(keep="keep", extra="uidl")
        self.server.append([made(number) for number in range(10)])
        self.assert_delivered(self.fetch(), range(10))
        self.assertEqual(self.fetch(mail=False), [])
        self.server.expunge([1, 5])
        self.server.append([made(10), made(11)])
        self.assert_delivered(self.fetch(), (10, 11))
        self.assertEqual(len(self.server.held()), 10)

    def test_fetchall_and_limits(self):
        self.configure(keep="keep")
        self.server.append([made(1), fixture("big")])
        self.assert_delivered(self.fetch("--limit", "100000"), (1,))
        self.assertEqual(len(self.fetch("--all")), 2)

    def test_apop(self):
        self.configure(protocol="apop", service="pop3")
        self.server.append([made(1)])
        self.assert_delivered(self.fetch(), (1,))

    def test_stls(self):
        self.configure(tls=f"sslproto TLS1.2+ {self.verified()}")
        self.server.append([made(1)])
        self.assert_delivered(self.fetch(), (1,))

    def test_implicit_tls(self):
        self.configure(service="pop3s", tls=f"ssl {self.verified()}")
        self.server.append([made(1)])
        self.assert_delivered(self.fetch(), (1,))


class Imap(Fetchmail):
    def test_no_keep_expunges_what_was_fetched(self):
        self.configure(protocol="imap")
        self.server.append([made(number) for number in range(30)])
        self.assert_delivered(self.fetch(), range(30))
        self.assertEqual(self.server.held(), [])

    def test_keep_marks_as_seen(self):
        self.configure(protocol="imap", keep="keep")
        self.server.append([made(1), made(2)])
        self.server.store([2], "+FLAGS", [r"\Seen"])
        self.assert_delivered(self.fetch(), (1,))
        self.assertEqual([message.flags for message in self.server.held()], [{r"\Seen"}] * 2)
        self.assertEqual(self.fetch(mail=False), [])

    def test_starttls(self):
        self.configure(protocol="imap", tls=f"sslproto TLS1.2+ {self.verified()}")
        self.server.append([made(1)])
        self.assert_delivered(self.fetch(), (1,))


def body(octets):
    """What fetchmail does not touch: it puts a Received field in front, and ends lines with LF."""
    return octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
