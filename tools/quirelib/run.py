# SPDX-License-Identifier: GPL-2.0-or-later
"""`quire run`: image, manifest, archive, machine, session, statistics - in this order."""

import os
import shlex
import shutil
import stat
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from quirelib import archive, image, manifest, sizes, tree
from quirelib.board import board
from quirelib.errors import STATUS_NO_EXEC, STATUS_NO_FILE, STATUS_SIGNAL, RunnerError
from quirelib.machine import Machine
from quirelib.session import Input, Session
from quirelib.sink import Sink
from quirelib.stats import Stats

ENVIRONMENT = ["PATH=/bin", "HOME=/", "TERM=linux"]
FIXED_EPOCH = 1704067200  # 2024-01-01, as the fixed clock of measuring runs
SIGPIPE = 13


@dataclass
class Config:
    """What one machine is made of."""

    memory: int
    loader: str
    archive: str = ""
    disk: str = ""
    swap: str = ""
    icount: bool = False
    debug: bool = False
    extra: list = field(default_factory=list)


def _guest_path(program):
    """argv with an absolute path: a bare name is looked for in /bin."""
    if not program or not program[0]:
        raise RunnerError("no program: write quire run [options] -- PROG ARGS")
    path = program[0] if "/" in program[0] else "/bin/" + program[0]
    return [path, *program[1:]]


def _make_disk(args, build, folder):
    """Return the path of the root image: the given one, or a fresh one."""
    root = image.Tree()
    for item in args.add:
        host, colon, guest = item.rpartition(":")
        if not colon or not guest.startswith("/"):
            host, guest = item, "/" + os.path.basename(os.path.abspath(item))
        root.add(host, guest)
    if args.disk:
        if not os.path.isfile(args.disk):
            raise RunnerError("no such disk image: %s" % args.disk)
        if args.add:
            image.write_into(args.disk, root)
        return args.disk
    busybox = build.file("busybox")
    root.add(busybox, "/bin/busybox")
    for applet in Path(str(busybox) + ".applets").read_text(encoding="utf-8").split():
        if applet != "busybox":
            root.add_link("/bin/" + applet, "busybox")
    path = os.path.join(folder, "root.img")
    image.make(path, root)
    return path


def _known_input(icount):
    """Bytes of standard input if known before the boot, else None.

    Bytes that arrive while a measuring run goes on would arrive at another instruction
    each time; that there are none can be said before.
    """
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return 0
    if stat.S_ISREG(mode) and os.lseek(0, 0, os.SEEK_CUR) >= os.fstat(0).st_size:
        return 0
    if stat.S_ISCHR(mode) and os.fstat(0).st_rdev == os.stat(os.devnull).st_rdev:
        return 0
    return 0 if icount and os.isatty(0) else None


def _make_manifest(args, known_input):
    source = manifest.Manifest(args.manifest or tree.MANIFEST)
    for setting in args.set:
        source.set(setting)
    if not source.has("process"):
        if args.program:
            raise RunnerError("bad manifest: no node 'process' to run %s" % args.program[0])
        return source
    programs = [_guest_path(args.program)]
    programs += [_guest_path(shlex.split(also)) for also in args.also]
    for index, program in enumerate(programs):
        source.say("process", "program-%d" % index, manifest.strings(program))
    epoch = FIXED_EPOCH if args.icount else int(time.time())
    seed = bytes(range(32)) if args.icount else os.urandom(32)
    source.say("process", "repeat", manifest.cells(args.repeat))
    source.say("process", "environment", manifest.strings(ENVIRONMENT))
    source.say("process", "epoch", manifest.cells(epoch >> 32, epoch & 0xFFFFFFFF))
    if source.has("file"):
        source.say("file", "epoch", manifest.cells(epoch >> 32, epoch & 0xFFFFFFFF))
    source.say("process", "seed", manifest.byte_string(seed))
    if known_input is not None:
        source.say("process", "stdin-bytes", manifest.cells(known_input))
    return source


def _make_archive(source, build, path):
    names = ["kernel", "init", *source.files()]
    missing = [name for name in names if not build.image(name).exists()]
    if missing:
        raise RunnerError("bad manifest: no such image: %s" % ", ".join(missing))
    files = [(name, build.image(name).read_bytes()) for name in names]
    data = archive.pack([*files, ("manifest", source.tree())])
    Path(path).write_bytes(data)
    return len(data)


def prepare(args, folder, known_input=None):
    """Make all that the machine boots from; return its Config."""
    target = board(args.arch)
    build = tree.Build(args.arch)
    build.ensure([target.loader, "busybox", "image/kernel", "image/init"])
    source = _make_manifest(args, known_input)
    config = Config(memory=sizes.parse(args.mem), loader=str(build.file(target.loader)))
    config.icount, config.debug = args.icount, args.debug
    config.archive = os.path.join(folder, "archive")
    least = target.least_memory(_make_archive(source, build, config.archive))
    if config.memory < least:
        raise RunnerError(
            "too little memory: %s; to boot this takes at least %s"
            % (sizes.show(config.memory), sizes.show(least))
        )
    if args.swap:
        config.swap = os.path.join(folder, "swap.img")
        with open(config.swap, "wb") as file:
            file.truncate(sizes.parse(args.swap))
    config.disk = _make_disk(args, build, folder)
    return config


def _keep_image(args, config):
    """The last fresh image stays, for `quire get`."""
    if not args.disk and config.disk and os.path.exists(config.disk):
        last = tree.Build(args.arch).last_image
        last.parent.mkdir(parents=True, exist_ok=True)
        os.replace(config.disk, last)


def _stdout(data):
    while data:
        data = data[os.write(1, data) :]


def _write_stats(args, stats, kind, status):
    stats.ended(kind, status)
    if args.stats:
        stats.write(args.stats)


def _go(args, folder, sink, stats):
    known_input = _known_input(args.icount)
    config = prepare(args, folder, known_input)
    stats.tree["mem_bytes"] = config.memory
    sockets = tempfile.mkdtemp(prefix="quire-")
    machine = Machine(sockets)
    try:
        machine.start(machine.command(board(args.arch), config))
        session = Session(machine, stats, _stdout, sink)
        feed = Input(machine.console, machine.report) if known_input is None else None
        outcome = session.run(args.timeout, feed)
        if machine.process.poll() is None:
            stats.disk(machine.disk_requests())
    finally:
        machine.close()
        shutil.rmtree(sockets, ignore_errors=True)
        _keep_image(args, config)

    _write_stats(args, stats, outcome.kind, outcome.status)
    if outcome.kind in ("quire", "timeout") and outcome.status not in (126, 127):
        sink.last_lines(session.last_lines())
    elif stats.told:
        sink.table(stats.table(args.icount))
    if outcome.text:
        sink.cause(outcome.text)
    return outcome.status


def run(args):
    """Run a program in a fresh machine; return the exit status."""
    if args.stats and not os.path.isdir(os.path.dirname(os.path.abspath(args.stats))):
        raise RunnerError("cannot write %s: no such folder" % args.stats)
    build = tree.Build(args.arch)
    build.folder.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="run-", dir=build.folder)
    try:
        sink = Sink(args.log, firmware=args.debug)
    except OSError as problem:
        raise RunnerError("cannot write %s: %s" % (args.log, problem.strerror)) from problem
    stats = Stats(tree.commit(), args.arch, 0, args.icount)
    try:
        return _go(args, folder, sink, stats)
    except RunnerError as problem:
        _write_stats(args, stats, "quire", problem.status)
        raise
    except BrokenPipeError:
        sys.stderr.flush()
        return STATUS_SIGNAL + SIGPIPE
    finally:
        sink.close()
        shutil.rmtree(folder, ignore_errors=True)
