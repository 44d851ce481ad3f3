# SPDX-License-Identifier: GPL-2.0-or-later
"""What the runner says when it cannot go on, and the exit statuses it has of its own."""

STATUS_REFUSED = 1  # `get`: no such file in the image
STATUS_TIMEOUT = 124
STATUS_SYSTEM = 125
STATUS_NO_EXEC = 126
STATUS_NO_FILE = 127
STATUS_SIGNAL = 128  # plus the signal's number


class RunnerError(Exception):
    """One clear line naming the cause; the status is the table's of `quire run --help`."""

    def __init__(self, text, status=STATUS_SYSTEM):
        super().__init__(text)
        self.status = status
