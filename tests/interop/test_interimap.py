"""interimap: two reference servers are kept equal by CONDSTORE and QRESYNC alone."""

import collections

from case import Case
from mail import made, subject
from server import PASSWORD, USER, Server

CONFIGURATION = """\
database = {home}/interimap.db
list-mailbox = "*"

[local]
type = imap
host = localhost
port = {local}
username = {user}
password = {password}
STARTTLS = NO

[remote]
type = {type}
host = localhost
port = {remote}
username = {user}
password = {password}
{tls}
"""


class Interimap(Case):
    program = "interimap"

    def setUp(self):
        super().setUp()
        self.local = Server()
        self.addCleanup(self.local.stop)
        self.remote = self.server

    def configure(self, type="imap", tls="STARTTLS = NO"):
        text = CONFIGURATION.format(
            home=self.home,
            local=self.local.imap,
            remote=getattr(self.remote, type),
            type=type,
            user=USER,
            password=PASSWORD,
            tls=tls,
        )
        self.write("interimap.conf", text)

    def sync(self):
        self.run_client("interimap", "--config", self.home / "interimap.conf")

    def assert_equal_sides(self, name="INBOX"):
        """Both servers hold the same octets with the same flags and dates, and neither is empty. Returns how many."""
        local, remote = (
            collections.Counter((message.flags, message.date, message.octets) for message in server.held(name))
            for server in (self.local, self.remote)
        )
        self.assertEqual(local, remote)
        self.assertGreater(len(local), 0)
        return local.total()

    def test_changes_on_both_sides(self):
        self.configure()
        self.local.append([made(number) for number in range(50)], flags=[r"\Seen"])
        self.remote.append([made(number) for number in range(50, 100)], date=1_700_000_000)
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 100)

        local, remote = (
            {subject(message.octets): message.uid for message in server.held()} for server in (self.local, self.remote)
        )
        self.local.store([local["Message 0"]], "+FLAGS", [r"\Flagged"])
        self.remote.store([remote["Message 1"], remote["Message 51"]], "FLAGS", [r"\Answered", "$Work"])
        self.local.expunge([local["Message 2"]])
        self.remote.expunge([remote["Message 52"], remote["Message 3"]])
        self.local.append([made(100)])
        self.remote.append([made(101)])
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 99)
        flags = {subject(message.octets): message.flags for message in self.local.held()}
        self.assertEqual(flags["Message 0"], {r"\Seen", r"\Flagged"})
        self.assertEqual(flags["Message 1"], {r"\Answered", "$Work"})
        self.assertEqual(flags["Message 51"], {r"\Answered", "$Work"})
        self.assertTrue({"Message 2", "Message 52", "Message 3"}.isdisjoint(flags))

        before = self.local.held(), self.remote.held()
        self.sync()
        self.assertEqual((self.local.held(), self.remote.held()), before)

    def test_mailboxes_appear_and_go(self):
        self.configure()
        self.remote.create("work/reports")
        self.remote.append([made(1), made(2)], "work/reports")
        self.sync()
        self.assertEqual(self.assert_equal_sides("work/reports"), 2)
        self.local.append([made(3)], "work/reports")
        self.local.create("empty")
        self.sync()
        self.assertEqual(self.assert_equal_sides("work/reports"), 3)
        self.assertEqual(self.local.mailboxes(), {"INBOX", "work", "work/reports", "empty"})
        self.assertEqual(self.remote.mailboxes(), self.local.mailboxes())

    def test_starttls(self):
        self.converse(tls="STARTTLS = YES\nSSL_CAfile = {certificate}")

    def test_implicit_tls(self):
        self.converse(type="imaps", tls="SSL_CAfile = {certificate}")

    def converse(self, tls, type="imap"):
        self.configure(type, tls.format(certificate=self.remote.certificate))
        self.local.append([made(1)])
        self.remote.append([made(2)], flags=[r"\Flagged"])
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 2)
