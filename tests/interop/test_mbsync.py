"""mbsync (isync): a Maildir and the server are kept equal, whichever side changes."""

import collections

from case import Case
from mail import Maildir, fixtures, made, set_maildir_flags, subject, unix
from server import PASSWORD, USER

CONFIGURATION = """\
IMAPStore server
Host localhost
Port {port}
User {user}
Pass {password}
SSLType {tls}
CertificateFile {certificate}
Timeout 20

MaildirStore local
Path {home}/mail/
Inbox {home}/mail/INBOX
SubFolders Verbatim

Channel all
Far :server:
Near :local:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
"""


class Mbsync(Case):
    program = "mbsync"

    def configure(self, tls="None", service="imap"):
        text = CONFIGURATION.format(
            port=getattr(self.server, service),
            user=USER,
            password=PASSWORD,
            tls=tls,
            certificate=self.server.certificate,
            home=self.home,
        )
        self.write(".mbsyncrc", text)
        (self.home / "mail").mkdir()

    def sync(self):
        self.run_client("mbsync", "--all")

    def maildir(self, name="INBOX"):
        return Maildir(self.home / "mail" / name)

    def assert_equal_sides(self, name="INBOX"):
        """Both sides hold the same octets with the same flags, and neither is empty. Returns how many messages."""
        local = collections.Counter((flags, plain(octets)) for flags, octets in self.maildir(name).held())
        remote = collections.Counter((message.flags, plain(message.octets)) for message in self.server.held(name))
        self.assertEqual(local, remote)
        self.assertGreater(len(local), 0)
        return local.total()

    def assert_settled(self, *names):
        """Another run changes nothing on either side."""
        before = self.state(names)
        self.sync()
        self.assertEqual(self.state(names), before)

    def state(self, names):
        local = {name: sorted(file.name for file in self.maildir(name).files()) for name in names}
        return local, {name: self.server.held(name) for name in names}


class Sync(Mbsync):
    def test_five_hundred_messages_and_changes_on_both_sides(self):
        self.configure()
        for flags in ((), (r"\Seen",), (r"\Seen", r"\Answered"), (r"\Flagged",), (r"\Draft", r"\Seen")):
            start = len(flags) * 100 + (50 if r"\Draft" in flags or r"\Flagged" in flags else 0)
            self.server.append([made(number) for number in range(start, start + 50)], flags=flags)
        inbox = self.maildir()
        for number in range(500, 750):
            inbox.add(made(number), "S" if number % 2 else "")
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 500)
        self.assert_settled("INBOX")

        # Flags, deletions and new mail, on both sides between two runs.
        remote = self.server.held()
        uid = {subject(message.octets): message.uid for message in remote}
        file = {subject(file.read_bytes()): file for file in inbox.files()}
        self.server.store([uid["Message 0"], uid["Message 500"]], "+FLAGS", [r"\Flagged"])
        self.server.store([uid["Message 110"]], "-FLAGS", [r"\Seen"])
        self.server.expunge([uid["Message 1"], uid["Message 501"]])
        self.server.append([made(800)])
        set_maildir_flags(file["Message 2"], "RS")
        set_maildir_flags(file["Message 111"], "")
        set_maildir_flags(file["Message 3"], "T")
        file["Message 503"].unlink()
        inbox.add(made(801), "F")
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 500 - 4 + 2)
        flags = {subject(message.octets): message.flags for message in self.server.held()}
        self.assertEqual(flags["Message 0"], {r"\Flagged"})
        self.assertEqual(flags["Message 110"], set())
        self.assertEqual(flags["Message 2"], {r"\Answered", r"\Seen"})
        self.assertEqual(flags["Message 111"], set())
        self.assertEqual(flags["Message 801"], {r"\Flagged"})
        self.assertTrue({"Message 1", "Message 501", "Message 3", "Message 503"}.isdisjoint(flags))
        self.assert_settled("INBOX")

    def test_mailboxes_appear_and_disappear_on_both_sides(self):
        self.configure()
        self.server.append([made(1)])
        self.server.create("far/deep")
        self.server.append([made(2), made(3)], "far/deep")
        self.maildir("near").add(made(4), "S")
        self.sync()
        self.assertEqual(self.assert_equal_sides("far/deep"), 2)
        self.assertEqual(self.assert_equal_sides("near"), 1)
        self.assert_settled("INBOX", "far/deep", "near")

        self.server.expunge([1], "near")
        self.sync()
        self.assertEqual(self.maildir("near").files(), [])
        with self.server.session() as imap:
            imap.delete("near")
        self.sync()
        self.assertFalse((self.home / "mail" / "near" / "cur").exists())
        self.assertEqual(self.server.mailboxes(), {"INBOX", "far", "far/deep"})

    def test_odd_messages_arrive_unharmed(self):
        self.configure()
        # A message without the blank line after its header is not copied by mbsync, which says so.
        messages = fixtures(without=("headeronly",))
        self.server.append(messages.values())
        self.sync()
        local = {plain(octets) for _, octets in self.maildir().held()}
        for name, message in messages.items():
            self.assertTrue(unix(message) in local, name)
        self.assertEqual(len(local), len(messages))
        self.assert_settled("INBOX")


class Transports(Mbsync):
    def test_starttls(self):
        self.converse(tls="STARTTLS")

    def test_implicit_tls(self):
        self.converse(tls="IMAPS", service="imaps")

    def converse(self, **transport):
        self.configure(**transport)
        self.server.append([made(number) for number in range(20)])
        self.maildir().add(made(20), "F")
        self.sync()
        self.assertEqual(self.assert_equal_sides(), 21)


def plain(octets):
    """With the line ends of Unix, and without what mbsync adds to know its messages again."""
    return b"".join(line for line in unix(octets).splitlines(True) if not line.startswith(b"X-TUID: "))
