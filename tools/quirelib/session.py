# SPDX-License-Identifier: GPL-2.0-or-later
"""A run while it lasts: bytes carried both ways, the log watched, the end recognised."""

import os
import re
import selectors
import time

from quirelib import records
from quirelib.sink import OURS
from quirelib.errors import (
    STATUS_NO_EXEC,
    STATUS_NO_FILE,
    STATUS_SIGNAL,
    STATUS_SYSTEM,
    STATUS_TIMEOUT,
)

# A line of the system's log that means: it cannot go on.
FATAL = re.compile(r"PANIC|quire: fatal:")
# A server's own last words say more than that it died.
LAST_WORDS = re.compile(r"^(\w+): fatal: (.*)")
# Why a program was not begun, as its supervisor says it.
NOT_BEGUN = re.compile(r"^\w+: (?:pid \d+: )?(cannot run .*)")
FATAL_GRACE = 0.3  # seconds for the lines that come after such a line
SHORTEST_NAP, LONGEST_NAP = 0.001, 0.02
LAST_LINES = 20


class Outcome:
    """How a run ended: kind as in the statistics, exit status, a line that says why."""

    def __init__(self, kind, status, text=""):
        self.kind = kind
        self.status = status
        self.text = text

    @staticmethod
    def of_report(text):
        """What the `end` record means."""
        word, _, rest = text.strip().partition(" ")
        number = int(rest) if rest.isdigit() else None
        if word == "exited" and number is not None:
            return Outcome("exited", number & 0xFF)
        if word == "signal" and number is not None:
            text = "the program died of signal %d" % number
            return Outcome("signal", STATUS_SIGNAL + number, text)
        if word == "nofile":
            return Outcome("quire", STATUS_NO_FILE, rest or "no such program")
        if word == "noexec":
            return Outcome("quire", STATUS_NO_EXEC, rest or "not a program of this machine")
        if word == "system":
            return Outcome("quire", STATUS_SYSTEM, rest or "the system failed")
        return Outcome("quire", STATUS_SYSTEM, "the guest's end is not understood: %r" % text)


class Input:
    """The runner's standard input on its way to the guest."""

    def __init__(self, console, report, fd=0):
        self.console, self.report, self.fd = console, report, fd
        self._waiting = b""
        self._sent = 0
        self._over = False
        self._told = False
        self._selector = selectors.DefaultSelector()
        try:
            self._selector.register(fd, selectors.EVENT_READ)
        except (PermissionError, ValueError, OSError):
            self._selector = None  # a file is always ready

    def _more(self):
        if self._selector and not self._selector.select(0):
            return
        try:
            self._waiting = os.read(self.fd, 65536)
        except OSError:
            self._waiting = b""
        self._over = not self._waiting

    def step(self):
        """Carry what can be carried; tell the end once. Returns whether anything moved."""
        if not self._waiting and not self._over:
            self._more()
        if self._waiting:
            took = self.console.write(self._waiting)
            self._waiting = self._waiting[took:]
            self._sent += took
            return took > 0
        if self._over and not self._told:
            line = b"#eof %d\n" % self._sent
            self._told = self.report.write(line) == len(line)
            return True
        return False


class Session:
    """Carries a machine from its start to its end."""

    def __init__(self, machine, stats, out, sink):
        self.machine, self.stats, self.out, self.sink = machine, stats, out, sink
        self.reader = records.Reader()
        self.lines = []
        self._line = b""
        self._fatal = None
        self._end = None

    def _log(self):
        data = self.machine.log.read()
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip("\r")
            self.lines.append(text)
            self.sink.log(text)
            if self._fatal is None and FATAL.search(text):
                self._fatal = (time.monotonic() + FATAL_GRACE, text)
        return bool(data)

    def _report(self):
        data = self.machine.report.read()
        for kind, body in self.reader.feed(data):
            if kind == "err":
                self.sink.error(body)
            elif kind == "stat":
                self.stats.take(body.decode(errors="replace"))
            elif kind == "end":
                self._end = Outcome.of_report(body.decode(errors="replace"))
        return bool(data)

    def _console(self):
        data = self.machine.console.read()
        if data:
            self.out(data)
        return bool(data)

    def _drain(self):
        while any([self._console(), self._report(), self._log()]):
            pass
        if self._line:
            self.lines.append(self._line.decode(errors="replace"))

    def run(self, timeout, feed):
        """Run until the guest is off, fails or is out of time; return the Outcome."""
        deadline = time.monotonic() + timeout
        nap = SHORTEST_NAP
        try:
            while not self.machine.ended():
                moved = [self._console(), self._report(), self._log()]
                moved.append(feed is not None and feed.step())
                nap = SHORTEST_NAP if any(moved) else min(nap * 2, LONGEST_NAP)
                now = time.monotonic()
                if self._fatal and now > self._fatal[0]:
                    break
                if now > deadline:
                    self._drain()
                    return Outcome("timeout", STATUS_TIMEOUT, "no end after %g seconds" % timeout)
                time.sleep(nap)
            self._drain()
        except records.RecordError as problem:
            return Outcome("quire", STATUS_SYSTEM, str(problem))
        return self._ended() if self._end else self._no_end()

    def _cause(self):
        """The log's line that says why the system stopped."""
        for line in self.lines:
            words = LAST_WORDS.match(line)
            if words:
                who = "" if words.group(1) == "quire" else words.group(1) + ": "
                return who + words.group(2)
        return self._fatal[1].strip()

    def _ended(self):
        """The outcome that was reported; why a program did not begin stands in the log."""
        if self._end.kind == "quire":
            found = [m.group(1) for m in map(NOT_BEGUN.match, self.lines) if m]
            self._end.text = found[-1] if found else self._end.text
        return self._end

    def _no_end(self):
        if self._fatal:
            return Outcome("quire", STATUS_SYSTEM, self._cause())
        if self.machine.process.poll() is not None:
            said = self.machine.complaint() or "it ended with %d" % self.machine.process.returncode
            return Outcome("quire", STATUS_SYSTEM, "QEMU: %s" % said.splitlines()[-1])
        text = "the machine went off without a word about the program"
        return Outcome("quire", STATUS_SYSTEM, text)

    def last_lines(self):
        """The end of the log, without the firmware's banner if Quire itself came up."""
        ours = next((i for i, line in enumerate(self.lines) if OURS.match(line)), 0)
        return self.lines[ours:][-LAST_LINES:]
