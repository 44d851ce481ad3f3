# SPDX-License-Identifier: GPL-2.0-or-later
"""`quire gdb`: the same machine, stopped at its first instruction, with gdb on the kernel."""

import os
import shutil
import subprocess
import tempfile

from quirelib import run, tree
from quirelib.board import board
from quirelib.errors import RunnerError


def gdb(args):
    """Start QEMU with a gdb socket and gdb on it; return gdb's status."""
    if not shutil.which("gdb-multiarch"):
        raise RunnerError("gdb-multiarch is missing: run make deps")
    target = board(args.arch)
    build = tree.Build(args.arch)
    build.folder.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="gdb-", dir=build.folder)
    sockets = tempfile.mkdtemp(prefix="quire-")
    machine = run.Machine(sockets)
    try:
        config = run.prepare(args, folder)
        server = os.path.join(sockets, "gdb")
        config.extra = ["-S", "-gdb", "unix:%s,server=on,wait=off" % server]
        machine.start(machine.command(target, config))
        machine.monitor.ask("query-status")  # the socket exists once it answers
        commands = ["set architecture " + target.gdb, "target remote " + server]
        options = [word for command in commands for word in ("-ex", command)]
        print("the log is %s.out, the program's output %s.out"
              % (machine.log.path, machine.console.path))
        return subprocess.call(["gdb-multiarch", "-q", *options, str(build.file("kernel.elf"))])
    finally:
        machine.close()
        shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
