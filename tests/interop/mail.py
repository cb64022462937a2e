"""Messages to move about, and the Maildir that clients move them to."""

import mailbox
import pathlib
import re

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "mail"


def fixture(name):
    """The octets of fixtures/mail/NAME.eml, with CRLF."""
    return (FIXTURES / f"{name}.eml").read_bytes()


def fixtures(without=()):
    """All fixtures by name: folded, overlong, 8-bit, malformed, and one of a megabyte."""
    names = sorted(path.stem for path in FIXTURES.glob("*.eml"))
    return {name: fixture(name) for name in names if name not in without}


def made(number):
    """A message for each number, of a size and a text of its own."""
    lines = [f"Line {line} of message {number}: grüße." for line in range(number % 23)]
    text = [
        "From: Ann <ann@example.org>",
        "To: Bob <bob@example.org>",
        f"Subject: Message {number}",
        f"Date: Mon, 02 Mar 2026 {number // 60 % 24:02}:{number % 60:02}:00 +0100",
        f"Message-ID: <{number}@interop.example.org>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        *lines,
        "." * (number % 3),
    ]
    return "".join(line + "\r\n" for line in text).encode()


def subject(octets):
    return re.search(rb"(?im)^Subject: *(.*?)\r?$", octets)[1].decode()


def unix(octets):
    """With the line ends of files on Unix."""
    return octets.replace(b"\r\n", b"\n")


def wire(octets):
    """With the line ends of the protocols."""
    return unix(octets).replace(b"\n", b"\r\n")


MAILDIR_FLAGS = {"D": r"\Draft", "F": r"\Flagged", "R": r"\Answered", "S": r"\Seen", "T": r"\Deleted"}


class Maildir:
    """A Maildir as a user of other programs sees it."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._box = mailbox.Maildir(self.path, create=True)

    def add(self, octets, flags=""):
        message = mailbox.MaildirMessage()
        message.set_subdir("cur" if flags else "new")
        message.set_flags(flags)
        key = self._box.add(message)
        file = self._file(key)
        file.write_bytes(unix(octets))

    def files(self):
        return [file for folder in ("cur", "new") for file in (self.path / folder).iterdir()]

    def held(self):
        """Flags and octets of each message."""
        return [(maildir_flags(file), file.read_bytes()) for file in self.files()]

    def _file(self, key):
        self._box._refresh()
        return self.path / self._box._toc[key]


def maildir_flags(file):
    _, _, letters = file.name.partition(":2,")
    return frozenset(MAILDIR_FLAGS[letter] for letter in letters if letter in MAILDIR_FLAGS)


def set_maildir_flags(file, flags):
    """Renames the file; `flags` are letters such as `FS`."""
    name = file.name.partition(":2,")[0]
    target = file.parent.parent / "cur" / f"{name}:2,{''.join(sorted(flags))}"
    file.rename(target)
    return target
