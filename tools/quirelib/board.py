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
    fatal_status = 125  # QEMU's, when the system says that it cannot go on
    taken = {"the firmware's": 0x80000000, "no": 0x90000000, "its own": 0x80200000}  # memory
    slots = 1  # virtio-mmio slots from one device to the next: a page may hold several

    @staticmethod
    def least_memory(archive_bytes):
        """Bytes of memory below which QEMU cannot place what it boots.

        The archive begins 2 MiB above the middle of memory, at most 128 MiB up; the
        device tree lies 2 MiB below the end.
        """
        return sizes.round_up(2 * (archive_bytes + (4 << 20)), 1 << 20)


class Armv7:
    """QEMU's virt board with a 32-bit processor; its own code stands in for firmware."""

    name = "armv7"
    qemu = "qemu-system-arm"
    gdb = "arm"
    machine = ["-machine", "virt,dtb-randomness=off", "-cpu", "cortex-a15"]
    loader = "loader.bin"  # what is no ELF file is booted as Linux would be
    ram = 0x40000000
    slots = 8
    fatal_status = 0  # nobody is told one
    taken = {"no": 0x90000000, "its own": 0x40010000}

    @staticmethod
    def least_memory(archive_bytes):
        """The archive begins in the middle of memory, at most 128 MiB up; the device tree
        follows it.
        """
        return sizes.round_up(2 * (archive_bytes + (2 << 20)), 1 << 20)


BOARDS = {board.name: board for board in (Riscv64, Armv7)}


def board(name):
    if name not in BOARDS:
        raise RunnerError("no architecture '%s'; there are: %s" % (name, ", ".join(BOARDS)))
    return BOARDS[name]
