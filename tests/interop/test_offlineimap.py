"""offlineimap (offlineimap3, on imaplib2): a Maildir and the server are kept equal."""

import collections

from case import Case
from mail import Maildir, made, set_maildir_flags, subject, unix
from server import PASSWORD, USER

CONFIGURATION = """\
[general]
accounts = test
metadata = {home}/state
ui = basic
socktimeout = 20

[Account test]
localrepository = local
remoterepository = server

[Repository local]
type = Maildir
localfolders = {home}/mail
sync_deletes = yes

[Repository server]
type = IMAP
remotehost = localhost
remoteport = {port}
remoteuser = {user}
remotepass = {password}
ssl = {ssl}
starttls = {starttls}
ssl_version = {version}
sslcacertfile = {certificate}
auth_mechanisms = {auth}
maxconnections = 2
"""


class Offlineimap(Case):
    program = "offlineimap"

    def configure(self, service="imap", ssl="no", starttls="no", version="ssl23", auth="CRAM-MD5, PLAIN, LOGIN"):
        text = CONFIGURATION.format(
            port=getattr(self.server, service),
            user=USER,
            password=PASSWORD,
            ssl=ssl,
            starttls=starttls,
            version=version,
            auth=auth,
            certificate=self.server.certificate,
            home=self.home,
        )
        self.write(".offlineimaprc", text)

    def sync(self):
        self.run_client("offlineimap", "-o")

    def assert_equal_sides(self, name="INBOX"):
        """Both sides hold the same octets with the same flags, and neither is empty. Returns how many messages."""
        local = Maildir(self.home / "mail" / name.replace("/", ".")).held()
        remote = [(message.flags, unix(message.octets)) for message in self.server.held(name)]
        local = collections.Counter((flags, plain(octets)) for flags, octets in local)
        self.assertEqual(local, collections.Counter((flags, plain(octets)) for flags, octets in remote))
        self.assertGreater(len(local), 0)
        return local.total()

    def test_two_way_sync(self):
        self.configure()
        self.server.append([made(number) for number in range(50)])
        self.server.append([made(number) for number in range(50, 60)], flags=[r"\Seen", r"\Flagged"])
        self.server.create("work/reports")
        self.server.append([made(60)], "work/reports")
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 60)
        self.assertEqual(self.assert_equal_sides("work/reports"), 1)

        inbox = Maildir(self.home / "mail" / "INBOX")
        file = {subject(file.read_bytes()): file for file in inbox.files()}
        self.server.store([1], "+FLAGS", [r"\Answered"])
        self.server.expunge([2])
        self.server.append([made(70)])
        set_maildir_flags(file["Message 2"], "S")
        file["Message 3"].unlink()
        inbox.add(made(71), "F")
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 60)
        flags = {subject(message.octets): message.flags for message in self.server.held()}
        self.assertEqual(flags["Message 0"], {r"\Answered"})
        self.assertEqual(flags["Message 2"], {r"\Seen"})
        self.assertEqual(flags["Message 71"], {r"\Flagged"})
        self.assertTrue({"Message 1", "Message 3"}.isdisjoint(flags))

        before = self.server.held(), sorted(file.name for file in inbox.files())
        self.sync()
        self.assertEqual((self.server.held(), sorted(file.name for file in inbox.files())), before)

    def test_starttls(self):
        # With TLS 1.3, imaplib2 reads the session tickets in one thread while it writes CAPABILITY in another, and loses
        # the answer in one of fifty tries, to Dovecot as well.
        self.converse(starttls="yes", version="tls1_2")

    def test_implicit_tls(self):
        self.converse(service="imaps", ssl="yes")

    def test_login_plain(self):
        self.converse(auth="PLAIN")

    def converse(self, **transport):
        self.configure(**transport)
        self.server.append([made(1), made(2)])
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 2)


def plain(octets):
    """Without what offlineimap adds to know its messages again."""
    return b"".join(line for line in octets.splitlines(True) if not line.startswith(b"X-OfflineIMAP: "))
