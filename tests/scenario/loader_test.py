# SPDX-License-Identifier: GPL-2.0-or-later
"""What the loader says of machines and archives that cannot start the system.

Each test boots the real loader in QEMU: one line that names the cause, then status 125.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

# pylint: disable=wrong-import-position
from quirelib import archive, board, tree  # noqa: E402
from testlib import elf  # noqa: E402

SECONDS = 30
MEMORY = "24M"

class Loader(unittest.TestCase):
    """A folder of its own, and the files of a sound boot archive."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-loader-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.board = board.board(os.environ.get("QUIRE_ARCH", "riscv64"))
        self.build = tree.Build(self.board.name)
        self.kernel = self.build.image("kernel").read_bytes()
        self.init = self.build.image("init").read_bytes()
        self.elf = elf.Layout(self.init)

    def path(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def boot(self, image, *options):
        """Boot with this archive; return (status, what was printed)."""
        command = [self.board.qemu, *self.board.machine, "-m", MEMORY, "-nodefaults"]
        command += ["-display", "none", "-serial", "stdio", "-no-reboot"]
        command += ["-kernel", str(self.build.file(self.board.loader)), *options]
        if image is not None:
            command += ["-initrd", self.path("archive", image)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
        return done.returncode, done.stdout.decode(errors="replace").replace("\r\n", "\n")

    def refused(self, cause, image, *options):
        status, said = self.boot(image, *options)
        lines = re.findall(r"^quire: .*", said, re.MULTILINE)
        self.assertEqual(lines, ["quire: fatal: " + cause])
        self.assertEqual(status, self.board.fatal_status)

    def pack(self, **files):
        """A sound archive but for what is given; None leaves a file out."""
        files = {"kernel": self.kernel, "init": self.init, **files}
        return archive.pack([(name, data) for name, data in files.items() if data is not None])

    def test_names_a_missing_archive(self):
        self.refused("there is no boot archive (the machine was given no initrd)", None)

    def test_names_an_archive_that_is_none(self):
        self.refused("the boot archive is malformed: it does not begin as one", b"x" * 9000)

    def test_names_an_archive_that_is_cut_off(self):
        self.refused("the boot archive is malformed: it is cut off", self.pack()[:-4096])

    def test_names_a_missing_file(self):
        for name in ("kernel", "init"):
            with self.subTest(name):
                self.refused('the boot archive has no file "%s"' % name, self.pack(**{name: None}))

    def test_refuses_an_executable_for_another_machine(self):
        self.refused(
            '"init" in the boot archive is malformed: it is for another machine',
            self.pack(init=self.elf.put(self.init, "machine", 62)),
        )

    def test_refuses_a_segment_that_is_written_and_executed(self):
        self.refused(
            '"init" in the boot archive is malformed: a segment is both writable and executable',
            self.pack(init=self.elf.put_segment(self.init, 0, flags=7)),
        )

    def test_refuses_a_segment_at_the_kernels_addresses(self):
        vaddr = self.elf.segment(self.kernel, 0)["vaddr"]
        self.refused(
            '"init" in the boot archive is malformed: '
            "a segment lies at addresses that are not its to use",
            self.pack(init=self.elf.put_segment(self.init, 0, vaddr=vaddr)),
        )

    def test_refuses_an_entry_outside_of_the_code(self):
        self.refused(
            '"init" in the boot archive is malformed: its entry is not in its code',
            self.pack(init=self.elf.put(self.init, "entry", 0x1000)),
        )

    def test_puts_the_kernel_only_into_free_memory(self):
        base = self.elf.segment(self.kernel, 0)["paddr"]
        for whose, place in self.board.taken.items():
            kernel = self.kernel
            for i in range(self.elf.get(kernel, "count")):
                moved = self.elf.segment(kernel, i)["paddr"] - base + place
                kernel = self.elf.put_segment(kernel, i, paddr=moved)
            with self.subTest(whose):
                status, said = self.boot(self.pack(kernel=kernel))
                self.assertRegex(said, r"quire: fatal: the kernel's place is not free memory: \d+")
                self.assertIn(" KiB at %#x" % place, said)
                self.assertEqual(status, self.board.fatal_status)

    def test_refuses_a_command_line_it_cannot_keep(self):
        self.refused(
            "the command line is longer than 1023 characters",
            self.pack(),
            *("-append", "x" * 1024),
        )


if __name__ == "__main__":
    unittest.main()
