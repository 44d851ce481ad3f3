# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that needs more memory than there is prints what it prints anywhere else."""

import os
import random
import tempfile
import unittest

from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")


def lines(size, seed):
    """Different lines of 8 to 64 letters, in no order, of about `size` bytes."""
    chance = random.Random(seed)
    text = bytearray()
    while len(text) < size:
        text += b"%0*x\n" % (chance.randint(8, 64), chance.getrandbits(120))
    return bytes(text)


class Sort(unittest.TestCase):
    """busybox sort keeps its whole input in memory, and a pointer to each line."""

    def sorts(self, size, *options):
        text = lines(size, size)
        with tempfile.NamedTemporaryFile(prefix="quire-sort-") as file:
            file.write(text)
            file.flush()
            done = scenario.run(
                ARCH,
                ["--icount", *options, "--add", file.name + ":/text"],
                ["/bin/busybox", "sort", "/text"],
                deadline=180,
            )
        self.assertEqual(done.status, 0, done.stderr[-400:])
        self.assertEqual(done.stdout, b"".join(sorted(text.splitlines(keepends=True))))
        return done.stats

    def test_six_megabytes_in_a_machine_of_sixteen(self):
        stats = self.sorts(6 << 20, "--mem", "16M", "--swap", "64M")
        self.assertGreater(stats["swap"]["out"], 0)
        self.assertGreater(stats["swap"]["in"], 0)

    def test_more_than_there_is_memory_for(self):
        stats = self.sorts(9 << 20, "--mem", "16M", "--swap", "64M")
        self.assertGreater(stats["swap"]["out"], 1000)
        self.assertGreater(stats["swap"]["in"], 1000)
        # what comes back and is not written goes again for nothing
        self.assertGreater(stats["evictions"]["clean"], stats["evictions"]["anon"] // 2)


if __name__ == "__main__":
    unittest.main()
