"""What the tests of all clients share: a server, a home of their own, and running a program to its end."""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from server import PASSWORD, USER, Server


class Case(unittest.TestCase):
    """A test against a server of its own. `program` is what must be installed."""

    program = None
    arguments = ()
    users = ((USER, PASSWORD),)
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        if cls.program and not shutil.which(cls.program):
            raise unittest.SkipTest(f"{cls.program} is not installed")

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="mailspec-interop-")
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.server = Server(*self.arguments, users=self.users)
        self.addCleanup(self.server.stop)

    def write(self, name, text, mode=0o600):
        """A file of set-up in the home."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def assert_messages(self, got, expected):
        """Equal lists of octets. Tells the first that differs: to compare megabytes by lines would take minutes."""
        for number, (one, other) in enumerate(zip(got, expected), 1):
            self.assertTrue(one == other, f"message {number}: {one[:500]!r} is not {other[:500]!r}")
        self.assertEqual(len(got), len(expected))

    def run_client(self, *command, input=b"", expect=(0,), timeout=60):
        """Runs a program in the home to its end and returns what it printed; `expect` are its exit codes."""
        done = subprocess.run(
            [str(word) for word in command],
            input=input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(),
            cwd=self.home,
            timeout=timeout,
        )
        if done.returncode not in expect:
            printed = (done.stdout + done.stderr)[-4000:].decode(errors="replace")
            self.fail(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{printed}")
        self.errors = done.stderr
        return done.stdout

    def run_in_terminal(self, *command, timeout=20):
        """As `run_client`, for programs that want a screen."""
        screen, theirs = pty.openpty()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=self.environment(),
            cwd=self.home,
            start_new_session=True,
        )
        os.close(theirs)
        printed = read_to_end(screen, time.monotonic() + timeout)
        if process.poll() is None:
            try:
                process.wait(2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self.fail(f"{command[0]} did not end; its screen:\n{printed[-4000:].decode(errors='replace')}")
        self.assertEqual(process.returncode, 0, printed[-4000:].decode(errors="replace"))
        return printed

    def environment(self):
        """No set-up of the person who runs the tests has a part in them."""
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm", "TZ": "UTC"}


def read_to_end(screen, deadline):
    printed = b""
    with os.fdopen(screen, "rb", buffering=0) as reader:
        while select.select([reader], [], [], max(0, deadline - time.monotonic()))[0]:
            try:
                part = reader.read(65536)
            except OSError:  # how Linux tells that the other end is closed
                break
            if not part:
                break
            printed += part
    return printed
