# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a run's words go: the system's log, the program's stderr, the closing table."""

import os
import re
import sys

# The firmware's banner is no news: it ends where Quire's first line begins.
OURS = re.compile(r"^(quire|loader|kernel|init)\b")
DIM, RED, PLAIN = "\033[2m", "\033[31m", "\033[0m"


class Sink:
    """Writes to stderr, or the log and the table to a file; colour on a terminal only."""

    def __init__(self, log_path=None, firmware=False):
        self.file = open(log_path, "w", encoding="utf-8") if log_path else sys.stderr
        self.firmware = firmware
        self.colour = self.file.isatty() and "NO_COLOR" not in os.environ

    def log(self, text):
        """A line of the system's log."""
        self.firmware = self.firmware or bool(OURS.match(text))
        if self.firmware:
            self._line(text, DIM)

    def _line(self, text, colour):
        self.file.write("%s%s%s\n" % (colour, text, PLAIN) if self.colour else text + "\n")
        self.file.flush()

    @staticmethod
    def error(data):
        """Bytes that the program wrote to its stderr."""
        sys.stderr.flush()
        sys.stderr.buffer.write(data)
        sys.stderr.buffer.flush()

    def table(self, lines):
        for line in lines:
            self._line(line, DIM)

    def cause(self, text):
        """The one line that says why the run did not end as a program does."""
        red = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        print("%squire: %s%s" % (RED, text, PLAIN) if red else "quire: " + text, file=sys.stderr)

    def last_lines(self, lines):
        """The end of the log, once more if it went to a file."""
        if self.file is not sys.stderr or not self.firmware:
            for line in lines:
                print("  | " + line, file=sys.stderr)

    def close(self):
        if self.file is not sys.stderr:
            self.file.close()
