# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines: what of QEMU's command line depends on the architecture."""

from quirelib import sizes
from quirelib.errors import RunnerError


class Riscv64:
    """QEMU's virt board under OpenSBI."""

    name = "riscv64"
    qemu = "qemu-system-riscv64"
    gdb = "riscv:rv64"
    machine = ["-machine", "virt", "-bios", "default"]
    loader = "loader.elf"
    ram = 0x80000000  # physical address of its first byte

    @staticmethod
    def least_memory(archive_bytes):
        """Bytes of memory below which QEMU cannot place what it boots.

        The archive begins 2 MiB above the middle of memory, at most 128 MiB up; the
        device tree lies 2 MiB below the end.
        """
        return sizes.round_up(2 * (archive_bytes + (4 << 20)), 1 << 20)


BOARDS = {board.name: board for board in (Riscv64,)}


def board(name):
    if name not in BOARDS:
        raise RunnerError("no architecture '%s'; there are: %s" % (name, ", ".join(BOARDS)))
    return BOARDS[name]
