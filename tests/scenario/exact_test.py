# SPDX-License-Identifier: GPL-2.0-or-later
"""Exact mode: the faults of a real program equal a textbook simulator's on its reference string."""

import os
import random
import re
import tempfile
import unittest
from collections import OrderedDict
from pathlib import Path

from quirelib import tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
TASK = tree.Build(ARCH).file("task")
PAGES, REFERENCES = 1000, 3000
TRACE = re.compile(r"^pager: trace (.*)$", re.MULTILINE)


def fifo(frames, string):
    """First in, first out."""
    resident, faults = OrderedDict(), 0
    for page in string:
        if page not in resident:
            faults += 1
            if len(resident) == frames:
                resident.popitem(last=False)
            resident[page] = True
    return faults


def lru(frames, string):
    """Least recently used."""
    resident, faults = OrderedDict(), 0
    for page in string:
        if page in resident:
            resident.move_to_end(page)
            continue
        faults += 1
        if len(resident) == frames:
            resident.popitem(last=False)
        resident[page] = True
    return faults


def clock(frames, string):
    """Second chance: a hit marks the page, the hand takes marks away."""
    ring, where, hand, faults = [], {}, 0, 0
    for page in string:
        if page in where:
            ring[where[page]][1] = True
            continue
        faults += 1
        if len(ring) < frames:
            where[page] = len(ring)
            ring.append([page, False])
            continue
        while ring[hand][1]:
            ring[hand][1] = False
            hand = (hand + 1) % frames
        del where[ring[hand][0]]
        ring[hand] = [page, False]
        where[page] = hand
        hand = (hand + 1) % frames
    return faults


class Exact(unittest.TestCase):
    """A Zipf walk of a mapped file, with the program's own pages among the references."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-exact-")
        self.addCleanup(holder.cleanup)
        self.data = Path(holder.name) / "data"
        self.data.write_bytes(random.Random(6).randbytes(PAGES * 4096))

    def run_exact(self, policy, frames):
        """The run, and the reference string that it exports."""
        options = ["--icount", "--set", "pager.policy=" + policy, "--set", "pager.mode=exact"]
        options += ["--set", "pager.resident=%dK" % (4 * frames), "--set", "pager.trace=1"]
        options += ["--add", str(TASK / "zipf"), "--add", str(self.data)]
        program = ["/zipf", "/data", str(PAGES), str(REFERENCES)]
        done = scenario.run(ARCH, options, program)
        self.assertEqual(done.status, 0, done.stderr[-300:])
        string = [page for line in TRACE.findall(done.stderr) for page in line.split()]
        self.assertGreater(len(string), REFERENCES / 2)
        return done, string

    def test_faults_equal_a_simulator_s(self):
        outputs, counts = set(), set()
        for simulate in (fifo, clock, lru):
            for frames in (8, 200):
                with self.subTest(policy=simulate.__name__, frames=frames):
                    done, string = self.run_exact(simulate.__name__, frames)
                    self.assertEqual(done.stats["faults"]["file"], simulate(frames, string))
                    outputs.add(done.stdout)
                    counts.add(done.stats["faults"]["file"])
        self.assertEqual(len(outputs), 1)
        self.assertEqual(len(counts), 6)

    def test_the_same_program_gives_the_same_string(self):
        once, again = self.run_exact("lru", 64), self.run_exact("lru", 64)
        self.assertEqual(once[1], again[1])
        self.assertEqual(once[0].stats["faults"], again[0].stats["faults"])


if __name__ == "__main__":
    unittest.main()
