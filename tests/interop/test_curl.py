"""curl: imap, imaps, pop3 and pop3s."""

import re

from case import Case
from mail import fixture, fixtures
from server import PASSWORD, USER
from test_poplib import ended


class Curl(Case):
    program = "curl"

    def curl(self, url, *options, user=f"{USER}:{PASSWORD}", expect=(0,)):
        """URL is a service of the server and a path; the certificate is verified."""
        service, _, path = url.partition("://")
        address = f"{service}://localhost:{getattr(self.server, service)}/{path}"
        always = ("--silent", "--show-error", "--max-time", "20", "--cacert", self.server.certificate)
        return self.run_client("curl", *always, "--user", user, *options, address, expect=expect)


class Imap(Curl):
    def test_list(self):
        self.server.create("work")
        self.server.create("work/a b")
        lines = self.curl("imap://").decode().splitlines()
        names = {re.fullmatch(r'\* LIST \([^)]*\) "/" "?([^"]*)"?', line)[1] for line in lines}
        self.assertEqual(names, {"INBOX", "work", "work/a b"})

    def test_fetch_by_uid(self):
        self.server.append([fixture("plain"), fixture("html"), fixture("nested")])
        self.server.expunge([1])
        self.assertEqual(self.curl("imap://INBOX;UID=3"), fixture("nested"))
        self.assertEqual(self.curl("imap://INBOX;MAILINDEX=1"), fixture("html"))
        self.curl("imap://INBOX;UID=1", expect=(78,))

    def test_fetch_section(self):
        whole = fixture("nested")
        self.server.append([whole])
        text = whole.partition(b"\r\n\r\n")[2]
        self.assertEqual(self.curl("imap://INBOX;UID=1;SECTION=TEXT"), text)
        part = self.curl("imap://INBOX;UID=1;SECTION=1")
        self.assertIn(part, text)
        self.assertGreater(len(part), 10)

    def test_uidvalidity(self):
        self.server.append([fixture("plain")])
        status = self.curl("imap://", "--request", "STATUS INBOX (UIDVALIDITY)").decode()
        validity = int(re.search(r"UIDVALIDITY (\d+)", status)[1])
        self.assertEqual(self.curl(f"imap://INBOX;UIDVALIDITY={validity};UID=1"), fixture("plain"))
        self.curl(f"imap://INBOX;UIDVALIDITY={validity + 1};UID=1", expect=(78,))

    def test_append(self):
        messages = list(fixtures().values())
        for message in messages:
            file = self.home / "message"
            file.write_bytes(message)
            self.curl("imap://INBOX", "--upload-file", file)
        held = self.server.held()
        self.assert_messages([message.octets for message in held], messages)

    def test_search(self):
        self.server.append([fixture("plain"), fixture("html")])
        self.server.store([2], "+FLAGS", [r"\Flagged"])
        self.assertEqual(self.curl("imap://INBOX?FLAGGED").strip(), b"* SEARCH 2")
        self.assertEqual(self.curl("imap://INBOX?ALL").strip(), b"* SEARCH 1 2")

    def test_custom_requests(self):
        self.server.append([fixture("plain"), fixture("html")])
        self.curl("imap://INBOX", "--request", r"STORE 1 +FLAGS (\Deleted)")
        self.assertEqual(self.curl("imap://INBOX", "--request", "EXPUNGE").strip(), b"* 1 EXPUNGE")
        self.curl("imap://", "--request", "CREATE work")
        self.curl("imap://INBOX", "--request", "MOVE 1 work")
        self.assertEqual([message.octets for message in self.server.held("work")], [fixture("html")])
        self.assertEqual(self.server.held(), [])

    def test_logins(self):
        self.server.append([fixture("plain")])
        for mechanism in ("PLAIN", "CRAM-MD5", "*"):
            got = self.curl("imap://INBOX;UID=1", "--login-options", f"AUTH={mechanism}")
            self.assertEqual(got, fixture("plain"), mechanism)
        self.assertEqual(self.curl("imap://INBOX;UID=1", "--sasl-ir"), fixture("plain"))
        self.curl("imap://INBOX;UID=1", user=f"{USER}:wrong", expect=(67,))

    def test_starttls(self):
        self.server.append([fixture("plain")])
        self.assertEqual(self.curl("imap://INBOX;UID=1", "--ssl-reqd"), fixture("plain"))

    def test_implicit_tls(self):
        self.server.append([fixture("big")])
        self.assertEqual(self.curl("imaps://INBOX;UID=1"), fixture("big"))


class Pop3Messages(Curl):
    """Where the server knows UTF8, it has a client ask for headers in UTF-8 (RFC 6856); curl does not."""

    arguments = ("--without", "UTF8")

    def test_retrieve(self):
        messages = list(fixtures().values())
        self.server.append(messages)
        for number, message in enumerate(messages, 1):
            self.assertEqual(self.curl(f"pop3://{number}"), ended(message))
        self.curl(f"pop3://{len(messages) + 1}", expect=(8, 56, 78))


class Pop3(Curl):
    def test_list(self):
        sizes = self.fill("plain", "nested")
        self.assertEqual(self.curl("pop3://").split(b"\r\n")[:2], [b"1 %d" % sizes[0], b"2 %d" % sizes[1]])

    def test_custom_requests(self):
        self.fill("plain", "html")
        uids = self.curl("pop3://", "--request", "UIDL").decode().splitlines()
        self.assertEqual([line.split()[0] for line in uids if line], ["1", "2"])
        header = self.curl("pop3://", "--request", "TOP 1 0")
        self.assertEqual(header, fixture("plain").partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        self.curl("pop3://1", "--request", "DELE", "--head")
        self.assertEqual([message.octets for message in self.server.held()], [fixture("html")])

    def test_logins(self):
        self.fill("plain")
        for mechanism in ("PLAIN", "CRAM-MD5", "+APOP", "*"):
            got = self.curl("pop3://1", "--login-options", f"AUTH={mechanism}")
            self.assertEqual(got, fixture("plain"), mechanism)
        self.curl("pop3://1", user=f"{USER}:wrong", expect=(67,))

    def test_stls(self):
        self.fill("dots")
        self.assertEqual(self.curl("pop3://1", "--ssl-reqd"), ended(fixture("dots")))

    def test_implicit_tls(self):
        self.fill("big")
        self.assertEqual(self.curl("pop3s://1"), fixture("big"))

    def fill(self, *names):
        """Puts messages into the maildrop and returns their sizes."""
        messages = [fixture(name) for name in names]
        self.server.append(messages)
        return [len(ended(message)) for message in messages]
