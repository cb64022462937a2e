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
{tls}

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
        if "QRESYNC" not in self.server.capabilities():
            self.skipTest("the server does not offer QRESYNC")
        self.local = Server()
        self.addCleanup(self.local.stop)
        self.remote = self.server
        self.configure()

    def configure(self):
        text = CONFIGURATION.format(
            home=self.home,
            local=self.local.imap,
            remote=self.remote.imap,
            type="imap",
            user=USER,
            password=PASSWORD,
            tls="STARTTLS = NO",
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

    def test_a_second_mailbox(self):
        self.remote.create("work/reports")
        self.remote.append([made(1), made(2)], "work/reports")
        self.sync()
        self.assertEqual(self.assert_equal_sides("work/reports"), 2)
