"""smtplib of Python: mail comes in by LMTP."""

import re
import smtplib

from case import Case
from mail import fixtures, made

SENDER = "ann@example.org"


class Lmtp(Case):
    users = (("alice", "secret"), ("bob", "secret"))

    def setUp(self):
        super().setUp()
        self.lmtp = self.enterContext(smtplib.LMTP("localhost", self.server.lmtp, timeout=20))
        self.lmtp.ehlo()

    def held(self, user):
        return [without_trace(message.octets) for message in self.server.held(user=user)]

    def test_for_one(self):
        # smtplib ends a message that has no line end at its end.
        messages = [message for message in fixtures().values() if message.endswith(b"\r\n")]
        for message in messages:
            self.assertEqual(self.lmtp.sendmail(SENDER, ["alice"], message, mail_options=["BODY=8BITMIME"]), {})
        self.assert_messages(self.held("alice"), messages)

    def test_for_several(self):
        self.assertEqual(self.lmtp.mail(SENDER)[0], 250)
        self.assertEqual([self.lmtp.rcpt(name)[0] for name in ("alice", "nobody", "bob")], [250, 550, 250])
        # smtplib reads one reply; the other recipient has one too.
        replies = [self.lmtp.data(made(5)), self.lmtp.getreply()]
        self.assertEqual([code for code, _ in replies], [250, 250])
        self.assertIn(b"<alice>", replies[0][1])
        self.assertIn(b"<bob>", replies[1][1])
        self.assertEqual(self.held("alice"), [made(5)])
        self.assertEqual(self.held("bob"), [made(5)])

    def test_for_none(self):
        with self.assertRaises(smtplib.SMTPRecipientsRefused):
            self.lmtp.sendmail(SENDER, ["nobody"], made(1))
        self.assertEqual(self.lmtp.sendmail(SENDER, ["bob"], made(2)), {})
        self.assertEqual(self.held("bob"), [made(2)])
        self.assertEqual(self.held("alice"), [])

    def test_extensions(self):
        for extension in ("pipelining", "8bitmime", "enhancedstatuscodes"):
            self.assertTrue(self.lmtp.has_extn(extension), extension)
        self.assertEqual(self.lmtp.mail(SENDER, ["SIZE=999999999999"])[0], 552)


TRACE = re.compile(rb"Return-Path: <%s>\r\nDelivered-To: (alice|bob)\r\nReceived: .*\r\n(\t.*\r\n)*" % SENDER.encode())


def without_trace(octets):
    """Without the fields that delivery must put in front."""
    trace = TRACE.match(octets)
    return octets[trace.end() :] if trace else b"no trace: " + octets
