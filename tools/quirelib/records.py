# SPDX-License-Identifier: GPL-2.0-or-later
"""The report channel's records: `#TYPE LENGTH`, a line break, LENGTH bytes.

servers/process/README.md says what the types mean. The reader takes the stream in
pieces, however it is cut; a stream that breaks the form is the guest's failure, named.
"""

import re

HEADER = re.compile(rb"#([a-z]+) ([0-9]{1,9})\n")
LONGEST_HEADER = 64


class RecordError(Exception):
    """The stream is not one of records."""


class Reader:
    """Takes bytes, yields (type, bytes)."""

    def __init__(self):
        self._pending = b""

    def feed(self, data):
        """Add what came; yield the records that are whole."""
        self._pending += data
        while self._pending:
            header = HEADER.match(self._pending)
            if not header:
                if len(self._pending) > LONGEST_HEADER or b"\n" in self._pending:
                    raise RecordError("the report channel has no record at %r" % self._pending[:40])
                return
            end = header.end() + int(header.group(2))
            if len(self._pending) < end:
                return
            body = self._pending[header.end() : end]
            self._pending = self._pending[end:]
            yield header.group(1).decode(), body
