# SPDX-License-Identifier: GPL-2.0-or-later
"""What a life costs in messages: a program does one thing N times and 2N times, and the
difference of the counters is the price (the design's table, as far as it is built)."""

import os
import tempfile
import unittest
from pathlib import Path

from quirelib import tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
TASK = tree.Build(ARCH).file("task")
PROTOCOLS = ("frame", "file", "object", "process")


class Lives(unittest.TestCase):
    """Each test is one row of the table."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-lives-")
        self.addCleanup(holder.cleanup)
        self.data = Path(holder.name) / "data"
        self.data.write_bytes(bytes(1025 * 4096))

    def messages(self, what, count):
        add = ["--icount", "--add", str(TASK / "lives"), "--add", str(self.data)]
        # The second run finds the file in memory; the first one's messages are the same twice.
        done = scenario.run(ARCH, [*add, "--repeat", "2"], ["/lives", what, str(count), "/data"])
        self.assertEqual(done.status, 0, done.stderr[-300:])
        return done.stats

    def price(self, what, count=256):
        """Messages of each protocol for one more time."""
        once, twice = self.messages(what, count), self.messages(what, 2 * count)
        return {
            name: (twice["messages"][name] - once["messages"][name]) / (2 * count)
            for name in PROTOCOLS
        }

    def assert_free(self, what):
        self.assertEqual(self.price(what), dict.fromkeys(PROTOCOLS, 0.0))

    def test_a_read_of_cached_bytes_is_one_message(self):
        price = self.price("read")
        self.assertEqual(price["file"], 1)
        self.assertEqual(price["frame"] + price["object"] + price["process"], 0)

    def test_a_write_over_cached_bytes_is_one_message(self):
        price = self.price("overwrite")
        self.assertEqual(price["file"], 1)
        self.assertEqual(price["frame"] + price["object"] + price["process"], 0)

    def test_a_write_behind_the_end_is_one_message_and_its_part_of_a_frame(self):
        price = self.price("extend")
        self.assertEqual(price["file"], 1)
        self.assertLess(price["frame"], 1 / 8)
        self.assertEqual(price["object"] + price["process"], 0)

    def test_a_write_to_the_console_is_one_message(self):
        price = self.price("write", 64)
        self.assertLess(price["process"], 1.2)  # a buffer has to be waited for now and then
        self.assertGreaterEqual(price["process"], 1)
        self.assertEqual(price["frame"] + price["object"] + price["file"], 0)

    def test_an_anonymous_fault_is_a_sixteenth_of_a_message_at_most(self):
        price = self.price("anonymous")
        self.assertLessEqual(price["frame"], 1 / 16 + 0.01)
        self.assertEqual(price["file"] + price["object"] + price["process"], 0)

    def test_sixteen_mapped_pages_in_memory_are_one_message(self):
        price = self.price("mapped", 512)
        self.assertLessEqual(price["object"], 1 / 8)  # of two runs, one finds them missing
        self.assertEqual(price["process"], 0)

    def test_what_needs_nobody_costs_no_message(self):
        for what in ("getpid", "brk", "mmap", "mprotect", "sigaction", "futex", "signal"):
            with self.subTest(what):
                self.assert_free(what)


if __name__ == "__main__":
    unittest.main()
