"""poplib of Python: every operation, in clear, over STLS and over implicit TLS."""

import poplib

from case import Case
from mail import fixture, fixtures
from server import PASSWORD, USER


class Transports(Case):
    """The same conversation over each transport, with the certificate verified."""

    def test_clear(self):
        self.converse(poplib.POP3("127.0.0.1", self.server.pop3, timeout=20))

    def test_stls(self):
        pop3 = poplib.POP3("localhost", self.server.pop3, timeout=20)
        pop3.stls(self.server.trust())
        self.assertNotIn("STLS", pop3.capa())
        self.converse(pop3)

    def test_implicit_tls(self):
        context = self.server.trust()
        self.converse(poplib.POP3_SSL("localhost", self.server.pop3s, context=context, timeout=20))

    def converse(self, pop3):
        # poplib refuses lines of more than 2,048 octets, and gives lines without CRLF: the last one may have had none.
        messages = list(fixtures(without=("longheader", "longline")).values())
        self.server.append(messages)
        pop3.utf8()
        pop3.user(USER)
        pop3.pass_(PASSWORD)
        for number, message in enumerate(messages, 1):
            _, lines, _ = pop3.retr(number)
            self.assertEqual(joined(lines), ended(message))
        pop3.quit()
        self.assertEqual(len(self.server.held()), len(messages))


class RequireTls(Case):
    arguments = ("--require-tls",)

    def test_login_only_after_stls(self):
        pop3 = connect(self)
        self.assertNotIn("USER", pop3.capa())
        with self.assertRaises(poplib.error_proto):
            pop3.user(USER)
        pop3.stls(self.server.trust())
        pop3.user(USER)
        pop3.pass_(PASSWORD)
        self.assertEqual(pop3.stat(), (0, 0))
        pop3.quit()


class Login(Case):
    def test_wrong_password(self):
        pop3 = connect(self)
        pop3.user(USER)
        with self.assertRaisesRegex(poplib.error_proto, r"\[AUTH\]"):
            pop3.pass_("wrong")
        pop3.quit()

    def test_apop(self):
        pop3 = connect(self)
        pop3.apop(USER, PASSWORD)
        self.assertEqual(pop3.stat(), (0, 0))
        pop3.quit()

    def test_the_maildrop_is_locked(self):
        first, second = connect(self), connect(self)
        first.apop(USER, PASSWORD)
        with self.assertRaisesRegex(poplib.error_proto, r"\[IN-USE\]"):
            second.apop(USER, PASSWORD)
        first.quit()
        second.close()


class Utf8(Case):
    def test_a_header_in_utf8_is_for_those_who_ask(self):
        self.server.append([fixture("rawheader"), fixture("eightbit")])
        pop3 = connect(self)
        pop3.apop(USER, PASSWORD)
        with self.assertRaisesRegex(poplib.error_proto, r"\[UTF8\]"):
            pop3.retr(1)
        self.assertEqual(joined(pop3.retr(2)[1]), fixture("eightbit"))
        pop3.quit()
        pop3 = connect(self)
        self.assertIn("UTF8", pop3.capa())
        pop3.utf8()
        pop3.apop(USER, PASSWORD)
        self.assertEqual(joined(pop3.retr(1)[1]), fixture("rawheader"))
        pop3.quit()


class Maildrop(Case):
    def setUp(self):
        super().setUp()
        self.names = ["plain", "dots", "nested"]
        self.server.append([fixture(name) for name in self.names])
        self.pop3 = connect(self)
        self.pop3.user(USER)
        self.pop3.pass_(PASSWORD)

    def test_counts(self):
        sizes = [len(ended(fixture(name))) for name in self.names]
        self.assertEqual(self.pop3.stat(), (3, sum(sizes)))
        self.assertEqual(self.pop3.list()[1], [f"{n} {size}".encode() for n, size in enumerate(sizes, 1)])
        self.assertEqual(self.pop3.list(2), f"+OK 2 {sizes[1]}".encode())

    def test_unique_ids_last(self):
        before = self.pop3.uidl()[1]
        self.assertEqual(len({line.split()[1] for line in before}), 3)
        self.assertTrue(self.pop3.uidl(2).endswith(before[1]))
        self.pop3.dele(1)
        self.pop3.quit()
        self.pop3 = connect(self)
        self.pop3.apop(USER, PASSWORD)
        after = self.pop3.uidl()[1]
        self.assertEqual([line.split()[1] for line in after], [line.split()[1] for line in before[1:]])

    def test_top(self):
        header, _, body = fixture("nested").partition(b"\r\n\r\n")
        lines = header.split(b"\r\n") + [b""] + body.split(b"\r\n")[:2]
        self.assertEqual(self.pop3.top(3, 2)[1], lines)

    def test_delete_reset_quit(self):
        self.pop3.dele(1)
        self.assertEqual(self.pop3.stat()[0], 2)
        self.pop3.rset()
        self.assertEqual(self.pop3.stat()[0], 3)
        self.pop3.dele(2)
        self.pop3.quit()
        self.assertEqual([message.octets for message in self.server.held()], [fixture("plain"), fixture("nested")])

    def test_a_lost_connection_deletes_nothing(self):
        self.pop3.dele(1)
        self.pop3.close()
        self.assertEqual(len(self.server.held()), 3)

    def test_no_such_message(self):
        for act in (self.pop3.retr, self.pop3.dele, self.pop3.list, self.pop3.uidl):
            with self.assertRaises(poplib.error_proto):
                act(4)

    def tearDown(self):
        self.pop3.close()


def connect(test):
    return poplib.POP3("localhost", test.server.pop3, timeout=20)


def joined(lines):
    return b"".join(line + b"\r\n" for line in lines)


def ended(message):
    return message if message.endswith(b"\r\n") else message + b"\r\n"
