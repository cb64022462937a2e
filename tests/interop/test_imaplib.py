"""imaplib of Python: every operation of the base protocol, in clear, over STARTTLS and over implicit TLS."""

import imaplib
import re

from case import Case
from mail import fixture, fixtures
from server import PASSWORD, USER, accepted, append, fetched


class Transports(Case):
    """The same conversation over each transport, with the certificate verified."""

    def test_clear(self):
        self.converse(imaplib.IMAP4("127.0.0.1", self.server.imap, timeout=20))

    def test_starttls(self):
        imap = imaplib.IMAP4("localhost", self.server.imap, timeout=20)
        accepted(imap.starttls(self.server.trust()))
        self.assertNotIn("STARTTLS", imap.capabilities)
        self.converse(imap)

    def test_implicit_tls(self):
        self.converse(imaplib.IMAP4_SSL("localhost", self.server.imaps, ssl_context=self.server.trust(), timeout=20))

    def converse(self, imap):
        with imap:
            accepted(imap.login(USER, PASSWORD))
            messages = list(fixtures().values())
            for message in messages:
                append(imap, message)
            self.assertEqual(accepted(imap.select()), [str(len(messages)).encode()])
            held = fetched(accepted(imap.uid("FETCH", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")))
            self.assert_messages([message.octets for message in held], messages)


class RequireTls(Case):
    arguments = ("--require-tls",)

    def test_login_only_after_starttls(self):
        with imaplib.IMAP4("localhost", self.server.imap, timeout=20) as imap:
            self.assertIn("LOGINDISABLED", imap.capabilities)
            with self.assertRaisesRegex(imaplib.IMAP4.error, "PRIVACYREQUIRED"):
                imap.login(USER, PASSWORD)
            accepted(imap.starttls(self.server.trust()))
            self.assertNotIn("LOGINDISABLED", imap.capabilities)
            accepted(imap.login(USER, PASSWORD))


class Login(Case):
    def test_wrong_password(self):
        with self.connect() as imap:
            with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
                imap.login(USER, "wrong")
            accepted(imap.login(USER, PASSWORD))

    def test_cram_md5(self):
        with self.connect() as imap:
            accepted(imap.login_cram_md5(USER, PASSWORD))
            self.assertEqual(accepted(imap.select()), [b"0"])

    def test_plain(self):
        with self.connect() as imap:
            accepted(imap.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode()))
            self.assertEqual(accepted(imap.select()), [b"0"])

    def connect(self):
        return imaplib.IMAP4("127.0.0.1", self.server.imap, timeout=20)


class Mailboxes(Case):
    def setUp(self):
        super().setUp()
        self.imap = self.enterContext(self.server.session())

    def test_create_list_rename_delete(self):
        for name in ("work", "work/reports", '"odd \\"name\\""', "&ZeVnLIqe-"):
            accepted(self.imap.create(name))
        self.assertEqual(self.names(), {"INBOX", "work", "work/reports", '"odd \\"name\\""', "&ZeVnLIqe-"})
        accepted(self.imap.rename("work", "job"))
        self.assertEqual(self.names("job*"), {"job", "job/reports"})
        self.assertEqual(self.names("%"), {"INBOX", "job", '"odd \\"name\\""', "&ZeVnLIqe-"})
        accepted(self.imap.delete("job/reports"))
        self.assertEqual(self.names("job*"), {"job"})
        self.assertEqual(self.imap.delete("job/reports")[0], "NO")

    def test_subscriptions(self):
        accepted(self.imap.create("work"))
        accepted(self.imap.subscribe("work"))
        self.assertIn("work", self.names(list=self.imap.lsub))
        accepted(self.imap.unsubscribe("work"))
        self.assertNotIn("work", self.names(list=self.imap.lsub))

    def test_status(self):
        append(self.imap, fixture("plain"), flags=[r"\Seen"])
        append(self.imap, fixture("html"))
        [line] = accepted(self.imap.status("INBOX", "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"))
        items = dict(re.findall(r"(\w+) (\d+)", line.decode().partition("(")[2]))
        self.assertEqual((items["MESSAGES"], items["UNSEEN"], items["UIDNEXT"]), ("2", "1", "3"))
        accepted(self.imap.select())
        self.assertEqual(self.imap.response("UIDVALIDITY")[1], [items["UIDVALIDITY"].encode()])

    def test_namespace(self):
        self.assertEqual(accepted(self.imap.namespace()), [b'(("" "/")) NIL NIL'])

    def names(self, pattern="*", list=None):
        lines = accepted((list or self.imap.list)('""', f'"{pattern}"'))
        return {line.decode().partition(' "/" ')[2] for line in lines}


class Messages(Case):
    def setUp(self):
        super().setUp()
        self.imap = self.enterContext(self.server.session())

    def test_flags_and_date_of_append(self):
        append(self.imap, fixture("plain"), flags=[r"\Seen", r"\Flagged", "$Later"], date=1_700_000_000)
        [message] = self.server.held()
        self.assertEqual(message.flags, {r"\Seen", r"\Flagged", "$Later"})
        self.assertEqual(message.date, 1_700_000_000)
        self.assertEqual(message.octets, fixture("plain"))

    def test_fetch_by_part(self):
        self.select("nested")
        whole = fixture("nested")
        self.assertEqual(self.fetch("BODY.PEEK[]"), whole)
        self.assertEqual(self.fetch("BODY.PEEK[]<10.30>"), whole[10:40])
        header, _, text = whole.partition(b"\r\n\r\n")
        self.assertEqual(self.fetch("BODY.PEEK[HEADER]"), header + b"\r\n\r\n")
        self.assertEqual(self.fetch("BODY.PEEK[TEXT]"), text)
        subject = self.fetch("BODY.PEEK[HEADER.FIELDS (SUBJECT)]")
        self.assertRegex(subject, rb"^Subject: .*\r\n\r\n$")
        self.assertIn(subject.strip(), header)
        self.assertEqual(self.flags(), set())
        self.fetch("BODY[1]")
        self.assertEqual(self.flags(), {r"\Seen"})

    def test_store(self):
        self.select("plain")
        accepted(self.imap.store("1", "+FLAGS", r"(\Flagged $Work)"))
        self.assertEqual(self.flags(), {r"\Flagged", "$Work"})
        accepted(self.imap.store("1", "-FLAGS", r"(\Flagged)"))
        self.assertEqual(self.flags(), {"$Work"})
        accepted(self.imap.uid("STORE", "1", "FLAGS", r"(\Answered)"))
        self.assertEqual(self.flags(), {r"\Answered"})

    def test_search(self):
        self.select("plain", "html", "encoded")
        accepted(self.imap.store("2", "+FLAGS", r"(\Seen)"))
        for keys, found in (
            (("SEEN",), b"2"),
            (("UNSEEN",), b"1 3"),
            (("HEADER", "Message-ID", "nobody"), b""),
            (("OR", "SEEN", "UID", "3"), b"2 3"),
            (("NOT", "2:3"), b"1"),
        ):
            self.assertEqual(accepted(self.imap.search(None, *keys)), [found], keys)

    def test_search_with_a_literal_in_utf8(self):
        text = "From: a@example.org\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ngrüße\r\n".encode()
        append(self.imap, text)
        self.select("plain")
        self.imap.literal = "grüße".encode()
        self.assertEqual(accepted(self.imap.search("UTF-8", "BODY")), [b"1"])

    def test_copy_and_expunge(self):
        self.select("plain", "html", "nested")
        accepted(self.imap.create("archive"))
        accepted(self.imap.store("2", "+FLAGS", r"(\Flagged)"))
        accepted(self.imap.copy("2:3", "archive"))
        self.assertEqual(self.imap.copy("1", "nowhere")[0], "NO")
        accepted(self.imap.store("1,3", "+FLAGS", r"(\Deleted)"))
        self.assertEqual(accepted(self.imap.expunge()), [b"1", b"2"])
        self.assertEqual([message.octets for message in self.server.held()], [fixture("html")])
        archive = self.server.held("archive")
        self.assertEqual([message.octets for message in archive], [fixture("html"), fixture("nested")])
        self.assertEqual([message.flags for message in archive], [{r"\Flagged"}, set()])

    def test_close_expunges_and_unselect_does_not(self):
        self.select("plain", "html")
        accepted(self.imap.store("1", "+FLAGS", r"(\Deleted)"))
        accepted(self.imap.unselect())
        self.assertEqual(len(self.server.held()), 2)
        accepted(self.imap.select())
        accepted(self.imap.close())
        self.assertEqual([message.octets for message in self.server.held()], [fixture("html")])

    def test_readonly(self):
        self.server.append([fixture("plain")])
        accepted(self.imap.select(readonly=True))
        self.assertEqual(self.imap.store("1", "+FLAGS", r"(\Seen)")[0], "NO")
        self.assertEqual(self.server.held()[0].flags, set())

    def test_new_mail_is_told(self):
        self.select("plain")
        self.server.append([fixture("html")])
        accepted(self.imap.noop())
        self.assertEqual(self.imap.response("EXISTS")[1][-1], b"2")

    def select(self, *names):
        for name in names:
            append(self.imap, fixture(name))
        accepted(self.imap.select())

    def fetch(self, item):
        return accepted(self.imap.fetch("1", item))[0][1]

    def flags(self):
        [line] = accepted(self.imap.fetch("1", "(FLAGS)"))
        return {flag.decode() for flag in imaplib.ParseFlags(line)} - {r"\Recent"}
