"""imapfilter: mail is sorted by searches on the server, and copied between two accounts."""

from case import Case
from mail import made
from server import PASSWORD, USER

HEAD = """\
options.timeout = 20
options.create = true
options.subscribe = true
options.certificates = true
options.starttls = {starttls}
account = IMAP {{ server = "localhost", port = {port}, username = "{user}", password = "{password}"{ssl} }}
"""


class Imapfilter(Case):
    program = "imapfilter"

    def filter(self, script, service="imap", ssl="", starttls="false"):
        head = HEAD.format(
            port=getattr(self.server, service), user=USER, password=PASSWORD, ssl=ssl, starttls=starttls
        )
        self.write("config.lua", head + script)
        return self.run_client("imapfilter", "-t", self.server.certificate, "-c", self.home / "config.lua").decode()

    def octets(self, name="INBOX"):
        return [message.octets for message in self.server.held(name)]

    def test_searches_and_moves(self):
        self.server.append([made(number) for number in range(20)])
        self.server.store([1, 2, 3], "+FLAGS", [r"\Seen"])
        self.server.create("old/seen")
        self.filter("""
            account.INBOX:is_seen():move_messages(account["old/seen"])
            local found = account.INBOX:contain_subject("Message 1") * account.INBOX:contain_body("Line 4")
            found:mark_flagged()
            account.INBOX:match_subject("Message 1[23]$"):delete_messages()
        """)
        self.assertEqual(self.octets("old/seen"), [made(0), made(1), made(2)])
        self.assertEqual(self.octets(), [made(n) for n in range(3, 20) if n not in (12, 13)])
        flagged = [message.octets for message in self.server.held() if r"\Flagged" in message.flags]
        self.assertEqual(flagged, [made(n) for n in range(10, 20) if n not in (12, 13)])

    def test_creates_lists_and_copies(self):
        self.server.append([made(1), made(2)], flags=[r"\Answered"])
        printed = self.filter("""
            account:create_mailbox("new")
            account.INBOX:select_all():copy_messages(account.new)
            local mailboxes = account:list_all()
            for _, mailbox in ipairs(mailboxes) do print("mailbox", mailbox) end
            print("status", account.new:check_status())
        """)
        self.assertEqual(self.octets("new"), [made(1), made(2)])
        self.assertEqual([message.flags for message in self.server.held("new")], [{r"\Answered"}] * 2)
        self.assertIn("mailbox\tnew", printed)
        self.assertRegex(printed, r"status\t2\t\d+\t2\t3")

    def test_fetches(self):
        self.server.append([made(17)])
        printed = self.filter("""
            local message = account.INBOX[1]
            io.write(message:fetch_message())
        """)
        self.assertIn(made(17).decode(), printed.replace("\r\n", "\n").replace("\n", "\r\n"))

    def test_starttls(self):
        self.converse(starttls="true")

    def test_implicit_tls(self):
        self.converse(service="imaps", ssl=', ssl = "auto"')

    def converse(self, **transport):
        self.server.append([made(1), made(2)])
        self.filter("account.INBOX:contain_subject('Message 2'):mark_seen()", **transport)
        self.assertEqual([message.flags for message in self.server.held()], [set(), {r"\Seen"}])
