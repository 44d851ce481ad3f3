# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel tests: a native program that runs in init's place and tells on the serial line."""

import shutil
import tempfile
import time
from pathlib import Path

from quirelib import archive, manifest, tree
from quirelib.board import board
from quirelib.machine import Machine
from quirelib.run import Config
from quirelib.session import FATAL
from testlib.result import FAILED, TOTAL, Result, parse

SECONDS = 60
MEMORY = 64 << 20
GRACE = 0.3


def _watch(machine):
    """Follow the serial line until a total, a word of failure, the end or the deadline."""
    text = ""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended = machine.ended()
        while data := machine.log.read():
            text += data.decode(errors="replace")
        if FATAL.search(text):
            deadline = min(deadline, time.monotonic() + GRACE)
        if ended or TOTAL.search(text):
            break
        time.sleep(0.005)
    return text


def kernel_test(arch, name):
    """Boot kernel and test; return what the test's lines say."""
    build = tree.Build(arch)
    folder = tempfile.mkdtemp(prefix="quire-test-")
    machine = Machine(folder)
    try:
        files = [("kernel", build.image("kernel")), ("init", build.image("ktest/" + name))]
        contents = [(file, path.read_bytes()) for file, path in files]
        contents.append(("manifest", manifest.Manifest(tree.MANIFEST).tree()))
        path = Path(folder, "archive")
        path.write_bytes(archive.pack(contents))
        target = board(arch)
        config = Config(MEMORY, str(build.file(target.loader)), str(path), icount=True, debug=True)
        machine.start(machine.command(target, config))
        text = _watch(machine)
    finally:
        machine.close()
        shutil.rmtree(folder, ignore_errors=True)
    found = parse("kernel", text)
    fatal = next((line.strip() for line in text.splitlines() if FATAL.search(line)), "")
    if fatal:
        found.append(Result(FAILED, "kernel %s: run" % name, fatal))
    return found
