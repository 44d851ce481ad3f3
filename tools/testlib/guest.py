# SPDX-License-Identifier: GPL-2.0-or-later
"""Native programs in init's place: kernel tests and benches, which tell on the serial line."""

import re
import shutil
import tempfile
import time
from pathlib import Path

from quirelib import archive, manifest, tree
from quirelib.board import board
from quirelib.machine import Machine
from quirelib.run import Config
from quirelib.session import FATAL
from testlib import disk
from testlib.result import FAILED, PASSED, TOTAL, Result, parse

SECONDS = 60
MEMORY = 64 << 20
LITTLE = 24 << 20  # a server's clients can use all of it up
SWAP = 8 << 20
SWAP_SERIAL = "SWAPDISK"
GRACE = 0.3
MUCH = {"high": 3 << 30}  # kernel tests of more memory than others need
# Of other machines.
MACHINE = {"hypervisor": ["-machine", "virtualization=on"], "times": ["-icount", "shift=10"]}


def _watch(machine, last):
    """Follow the serial line until `last`, a word of failure, the end or the deadline."""
    text = ""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended = machine.ended()
        while data := machine.log.read():
            text += data.decode(errors="replace")
        if FATAL.search(text):
            deadline = min(deadline, time.monotonic() + GRACE)
        if ended or (last and last.search(text)):
            break
        time.sleep(0.005)
    return text


def _memory_file(size, path):
    """QEMU's options for memory that can be read when it has ended."""
    backend = "memory-backend-file,id=ram,size=%d,mem-path=%s,share=on" % (size, path)
    return ["-object", backend, "-machine", "memory-backend=ram"]


def boot(arch, init, last=None, debug=False, system=None, memory=MEMORY, image="", settings=(),
         kernel="kernel", halted=None, swap="", extra=()):
    """Boot a kernel with build/ARCH/image/INIT as init, measuring; return the serial line's text.

    `system` is a manifest whose servers come along, `settings` change it; `image` is a disk,
    `swap` another.
    `halted` is called with the memory of the machine that was switched off, a file.
    """
    build = tree.Build(arch)
    folder = tempfile.mkdtemp(prefix="quire-test-")
    machine = Machine(folder)
    try:
        files = [("kernel", build.image(kernel)), ("init", build.image(init))]
        described = manifest.Manifest(system or tree.MANIFEST)
        for setting in settings:
            described.set(setting)
        files += [(name, build.image(name)) for name in described.files()] if system else []
        contents = [(file, path.read_bytes()) for file, path in files]
        contents.append(("manifest", described.tree()))
        path = Path(folder, "archive")
        path.write_bytes(archive.pack(contents))
        target = board(arch)
        config = Config(memory, str(build.file(target.loader)), str(path), image)
        config.icount, config.debug, config.swap = True, debug, swap
        config.extra = [*extra]
        if halted:
            config.extra += _memory_file(memory, folder + "/memory")
            last = None  # to the very end
        machine.start(machine.command(target, config))
        text = _watch(machine, last)
        if halted:
            halted(folder + "/memory")
        return text
    finally:
        machine.close()
        shutil.rmtree(folder, ignore_errors=True)


def fatal_line(text):
    """The line that says why the system stopped, if it did."""
    return next((line.strip() for line in text.splitlines() if FATAL.search(line)), "")


def _results(kind, name, text):
    """What the lines of a run say; a reason why the system stopped is a failure of its own."""
    found = parse(kind, text)
    fatal = fatal_line(text)
    if fatal:
        found.append(Result(FAILED, "%s %s: run" % (kind, name), fatal))
    return found


SAW = re.compile(r"\bsaw (.*): ([0-9]+ answers, [0-9a-f]{16})\b")


def compared(name, text, slow):
    """The result of comparing one kernel test's two outputs: both pass, and see the same answers."""
    said = ["%s  %s" % (result.name, result.detail)
            for result in _results("kernel", name, slow) if result.status == FAILED]
    here, there = dict(SAW.findall(text)), dict(SAW.findall(slow))
    said += ["%s: other answers" % test for test in sorted({*here, *there})
             if here.get(test) != there.get(test)]
    if not here:
        said.append("there is no transcript")
    sentence = "kernel %s: all is the same with the fast paths off" % name
    return Result(FAILED if said else PASSED, sentence, "; ".join(said))


def kernel_test_on(arch, name, kernel, halted=None):
    """Run one kernel test on a kernel of that name."""
    text = boot(arch, "ktest/" + name, TOTAL, debug=True, kernel=kernel, halted=halted,
                memory=MUCH.get(name, MEMORY), extra=MACHINE.get(name, ()))
    return _results("kernel", name, text)


def kernel_test(arch, name):
    """Run one kernel test as the kernel is and with its fast paths off."""
    text, slow = (boot(arch, "ktest/" + name, TOTAL, debug=True, kernel=kernel,
                       memory=MUCH.get(name, MEMORY), extra=MACHINE.get(name, ()))
                  for kernel in ("kernel", "kernel-slow"))
    return [*_results("kernel", name, text), compared(name, text, slow)]


def server_test(arch, system, **how):
    """Run one server with a client that asks it, as the manifest `system` says."""
    described = manifest.Manifest(system).tree()
    with tempfile.NamedTemporaryFile(prefix="quire-disk-") as image, \
         tempfile.NamedTemporaryFile(prefix="quire-swap-") as swap:
        name = ""
        if disk.SERIAL.encode() in described:
            name = image.name
            disk.make(name)
        if SWAP_SERIAL.encode() in described:
            swap.truncate(SWAP)
            how["swap"] = swap.name
        text = boot(arch, "init", TOTAL, debug=True, system=system, memory=LITTLE, image=name,
                    **how)
    return _results("server", system.stem, text)
