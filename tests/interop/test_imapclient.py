"""IMAPClient of PyPI: the extensions that imaplib leaves to others."""

import datetime
import unittest

from case import Case
from mail import fixture, made
from server import PASSWORD, USER

try:
    import imapclient
except ImportError as error:
    raise unittest.SkipTest("IMAPClient (PyPI) is not installed") from error


class Imapclient(Case):
    def setUp(self):
        super().setUp()
        self.client = self.connect("imap", ssl=False)
        self.client.login(USER, PASSWORD)

    def connect(self, service, **options):
        client = imapclient.IMAPClient("localhost", port=getattr(self.server, service), timeout=20, **options)
        self.addCleanup(client.shutdown)
        return client

    def test_implicit_tls(self):
        client = self.connect("imaps", ssl=True, ssl_context=self.server.trust())
        client.login(USER, PASSWORD)
        self.assertEqual(client.select_folder("INBOX")[b"EXISTS"], 0)

    def test_starttls(self):
        client = self.connect("imap", ssl=False)
        client.starttls(self.server.trust())
        client.plain_login(USER, PASSWORD)
        self.assertEqual(client.select_folder("INBOX")[b"EXISTS"], 0)

    def test_mailbox_names_in_every_script(self):
        names = {"INBOX", "Entwürfe", "下書き", "a & b", 'quoted "name"'}
        for name in names - {"INBOX"}:
            self.client.create_folder(name)
            self.client.append(name, made(1))
        self.assertEqual({name for _, _, name in self.client.list_folders()}, names)
        self.assertEqual(self.client.folder_status("下書き", ["MESSAGES"]), {b"MESSAGES": 1})

    def test_namespace_id_and_special_use(self):
        self.assertEqual(self.client.namespace().personal, (("", "/"),))
        self.assertIn(b"name", [word.lower() for word in self.client.id_({"name": "test"})[0] or [b"name"]])
        self.client.create_folder("INBOX/x")
        self.assertIn("INBOX/x", [name for _, _, name in self.client.list_folders("INBOX/")])

    def test_append_tells_the_uid(self):
        date = datetime.datetime(2020, 2, 29, 12, 30, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3.5)))
        told = self.client.append("INBOX", made(1), flags=[imapclient.SEEN], msg_time=date)
        self.assertRegex(told, rb"^\[APPENDUID \d+ 1\]")
        [message] = self.server.held()
        self.assertEqual((message.uid, message.flags, message.octets), (1, {r"\Seen"}, made(1)))
        self.assertEqual(message.date, date.timestamp())

    def test_multiappend(self):
        # Each with its flags: between messages alone IMAPClient writes two spaces, which the grammar does not allow.
        messages = [made(1), fixture("eightbit"), fixture("dots")]
        flags = [[r"\Seen"], [r"\Flagged", "$Work"], [r"\Draft"]]
        self.client.multiappend("INBOX", [{"msg": m, "flags": f} for m, f in zip(messages, flags)])
        held = self.server.held()
        self.assertEqual([message.octets for message in held], messages)
        self.assertEqual([message.flags for message in held], [set(each) for each in flags])

    def test_envelope_and_structure(self):
        self.server.append([fixture("nested"), fixture("groups")])
        self.client.select_folder("INBOX", readonly=True)
        data = self.client.fetch([1, 2], ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE"])
        self.assertEqual(data[1][b"RFC822.SIZE"], len(fixture("nested")))
        self.assertTrue(data[1][b"BODYSTRUCTURE"].is_multipart)
        self.assertEqual(len(data[1][b"BODYSTRUCTURE"][0]), fixture_parts("nested"))
        self.assertIn(data[1][b"ENVELOPE"].message_id, fixture("nested"))
        self.assertIn(data[1][b"ENVELOPE"].subject, fixture("nested"))

    def test_search_in_unicode(self):
        self.server.append([made(1), made(2), fixture("plain")])
        self.client.select_folder("INBOX")
        self.assertEqual(self.client.search(["BODY", "grüße"], "UTF-8"), [1, 2])
        self.assertEqual(self.client.search(["NOT", ["SUBJECT", "Message 1"]]), [2, 3])
        self.assertEqual(self.client.search(["SINCE", datetime.date(2000, 1, 1), "UID", "2:*"]), [2, 3])

    def test_move_and_expunge_by_uid(self):
        self.server.append([made(number) for number in range(5)])
        self.client.create_folder("done")
        self.client.select_folder("INBOX")
        self.client.move([2, 4], "done")
        self.client.delete_messages([1, 3])
        self.client.uid_expunge([3])
        self.assertEqual([message.octets for message in self.server.held("done")], [made(1), made(3)])
        self.assertEqual([message.octets for message in self.server.held()], [made(0), made(4)])

    def test_idle(self):
        self.server.append([made(1), made(2)])
        self.client.select_folder("INBOX")
        self.client.idle()
        self.server.append([made(3)])
        told = self.until(lambda told: (3, b"EXISTS") in told)
        self.server.store([1], "+FLAGS", [r"\Flagged"])
        told = self.until(lambda told: any(line[:2] == (1, b"FETCH") for line in told))
        self.assertIn(b"\\Flagged", dict(zip(*[iter(told[-1][2])] * 2))[b"FLAGS"])
        self.server.expunge([2])
        self.until(lambda told: (2, b"EXPUNGE") in told)
        self.client.idle_done()
        self.assertEqual(self.client.search(), [1, 3])

    def until(self, enough):
        told = []
        while not enough(told):
            more = self.client.idle_check(timeout=10)
            self.assertTrue(more, f"nothing more was told after {told}")
            told += more
        return told

    def test_enable_and_unselect(self):
        self.server.append([made(1)])
        self.client.select_folder("INBOX")
        self.client.add_flags([1], [imapclient.DELETED])
        self.client.unselect_folder()
        self.assertEqual(len(self.server.held()), 1)


def fixture_parts(name):
    """The number of parts at the top of a multipart fixture, by another parser: that of Python."""
    import email

    return len(email.message_from_bytes(fixture(name)).get_payload())
