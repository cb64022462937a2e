"""mutt, at a screen that nobody looks at: reads, saves, changes and deletes over IMAP; fetches over POP3."""

from case import Case
from mail import Maildir, fixture, made, subject, unix
from server import PASSWORD, USER

SETTINGS = """\
set ssl_force_tls=no ssl_starttls=no
set certificate_file="{certificate}" ssl_verify_host=yes
set imap_user="{user}" imap_pass="{password}" pop_user="{user}" pop_pass="{password}"
set folder="{folder}" spoolfile="{folder}INBOX" record="{folder}sent" postponed="{home}/postponed"
set mbox_type=Maildir sort=mailbox-order
set confirmappend=no confirmcreate=no delete=yes quit=yes move=no wait_key=no
# With GSASL, as Debian builds it, mutt sends an empty initial response for CRAM-MD5, which the grammar does not
# allow, and for LOGIN one that the mechanism does not know.
set imap_authenticators="plain"
set charset="utf-8" send_charset="utf-8"
set beep=no net_inc=0 read_inc=0 write_inc=0 sleep_time=0 timeout=1 mail_check=0
set from="ann@example.org" realname="Ann" sendmail="/bin/true" use_from=yes
"""


class Mutt(Case):
    program = "mutt"

    def configure(self, *settings, service="imap"):
        self.address = f"{service.replace('pop3', 'pop')}://localhost:{getattr(self.server, service)}/"
        text = SETTINGS.format(
            certificate=self.server.certificate, user=USER, password=PASSWORD, folder=self.address, home=self.home
        )
        self.write(".muttrc", text + "\n".join(settings) + "\n")

    def type(self, keys, mailbox="INBOX"):
        """Opens a mailbox, types `keys` in the notation of mutt's `push`, and quits."""
        self.run_in_terminal("mutt", "-n", "-f", self.address + mailbox, "-e", f'push "{keys}q"')

    def assert_maildir(self, name, messages):
        held = sorted(octets for _, octets in Maildir(self.home / name).held())
        stripped = sorted(without_notes(octets) for octets in held)
        self.assertEqual(stripped, sorted(unix(message) for message in messages))


class Imap(Mutt):
    def test_copy_everything_to_a_maildir(self):
        self.configure()
        messages = [made(number) for number in range(40)] + [fixture("nested"), fixture("eightbit"), fixture("dots")]
        self.server.append(messages)
        self.type(f"<tag-pattern>~A<enter><tag-prefix><copy-message>{self.home}/got<enter>")
        self.assert_maildir("got", messages)
        self.assertEqual(len(self.server.held()), len(messages))

    def test_read_flag_and_delete(self):
        self.configure()
        self.server.append([made(number) for number in range(10)])
        self.type("1<enter><display-message><exit>2<enter><flag-message>3<enter><delete-message><sync-mailbox>")
        flags = {subject(message.octets): message.flags for message in self.server.held()}
        self.assertEqual(len(flags), 9)
        self.assertNotIn("Message 2", flags)
        self.assertIn(r"\Seen", flags["Message 0"])
        self.assertIn(r"\Flagged", flags["Message 1"])
        self.assertNotIn(r"\Flagged", flags["Message 3"])

    def test_save_to_another_mailbox_of_the_server(self):
        self.configure()
        self.server.create("archive")
        self.server.append([made(number) for number in range(10)])
        self.type("<tag-pattern>~s 'Message [3-5]'<enter><tag-prefix><save-message>=archive<enter><sync-mailbox>")
        self.assertEqual([message.octets for message in self.server.held("archive")], [made(n) for n in (3, 4, 5)])
        rest = [message.octets for message in self.server.held()]
        self.assertEqual(rest, [made(n) for n in (0, 1, 2, 6, 7, 8, 9)])

    def test_search_on_the_server(self):
        self.configure()
        self.server.append([fixture("plain"), fixture("html"), made(7)])
        self.type(f"<tag-pattern>=b 'Line 3 of message 7'<enter><tag-prefix><copy-message>{self.home}/got<enter>")
        self.assert_maildir("got", [made(7)])

    def test_header_cache(self):
        self.reopen()

    def test_header_cache_and_condstore(self):
        self.reopen("set imap_condstore=yes")

    def test_header_cache_and_qresync(self):
        self.reopen("set imap_qresync=yes")

    def reopen(self, *settings):
        self.configure('set header_cache="~/cache"', *settings)
        (self.home / "cache").mkdir()
        self.server.append([made(number) for number in range(20)])
        self.type("<flag-message><sync-mailbox>")
        self.server.expunge([3, 4])
        self.server.append([made(20)])
        self.server.store([7], "+FLAGS", [r"\Flagged"])
        self.server.store([1], "-FLAGS", [r"\Flagged"])
        self.type(f"<tag-pattern>~F<enter><tag-prefix><copy-message>{self.home}/flagged<enter>")
        self.assert_maildir("flagged", [made(6)])
        self.type(f"<tag-pattern>~A<enter><tag-prefix><copy-message>{self.home}/got<enter>")
        self.assert_maildir("got", [made(n) for n in (0, 1, *range(4, 21))])

    def test_sent_mail_is_appended(self):
        self.configure()
        self.server.create("sent")
        body = "Grüße\n.\n" + "x" * 900 + "\n"
        self.run_client("mutt", "-n", "-s", "Hello there", "bob@example.org", input=body.encode())
        [message] = self.server.held("sent")
        self.assertEqual(subject(message.octets), "Hello there")
        self.assertEqual(message.octets.partition(b"\r\n\r\n")[2], body.replace("\n", "\r\n").encode())
        self.assertEqual(message.flags, {r"\Seen"})

    def test_starttls(self):
        self.configure("set ssl_force_tls=yes ssl_starttls=yes")
        self.fetch_one()

    def test_implicit_tls(self):
        self.configure(service="imaps")
        self.fetch_one()

    def fetch_one(self):
        self.server.append([fixture("plain")])
        self.type(f"<copy-message>{self.home}/got<enter>")
        self.assert_maildir("got", [fixture("plain")])


class WithoutInitialResponses(Mutt):
    """With an initial response mutt may log in by PLAIN only: see SETTINGS."""

    arguments = ("--without", "SASL-IR")

    def test_logins(self):
        self.server.append([fixture("plain")])
        for mechanism in ("cram-md5", "login", "plain"):
            self.configure(f'set imap_authenticators="{mechanism}"')
            self.type(f"<copy-message>{self.home}/{mechanism}<enter>")
            self.assert_maildir(mechanism, [fixture("plain")])


class Pop3(Mutt):
    def test_copy_and_delete(self):
        self.converse("pop3")

    def test_implicit_tls(self):
        self.converse("pop3s")

    def converse(self, service):
        self.configure('set folder="~" spoolfile="~/spool" record=""', service=service)
        messages = [made(1), fixture("dots"), fixture("nested")]
        self.server.append(messages)
        save = f"<tag-pattern>~A<enter><tag-prefix><copy-message>{self.home}/got<enter>"
        self.type(f"{save}<untag-pattern>~A<enter>1<enter><delete-message><sync-mailbox>", mailbox="")
        self.assert_maildir("got", [made(1), fixture("dots") + b"\r\n", fixture("nested")])
        self.assertEqual([message.octets for message in self.server.held()], messages[1:])


NOTES = (b"Status: ", b"X-Status: ", b"Content-Length: ", b"Lines: ")


def without_notes(octets):
    """Without the fields in which mutt notes what was read, and the size."""
    header, blank, body = octets.partition(b"\n\n")
    fields = [line for line in header.split(b"\n") if not line.startswith(NOTES)]
    return b"\n".join(fields) + blank + body
