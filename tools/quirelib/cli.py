# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of tools/quire."""

import argparse
import signal
import sys

from quirelib import debug, image, run, stats, tree
from quirelib.errors import STATUS_SIGNAL, STATUS_SYSTEM, RunnerError

STATUSES = """exit status:
  the program's own     it exited
  128 + n               it died of signal n (137 also: its bank was exhausted)
  127 / 126             no such program / not an ELF, another machine's, malformed, not executable
  125                   the runner or the system failed, and says why
  124                   --timeout, in host seconds; the last lines of the log are shown

SIZEs are bytes or take K, M, G. What stdout gets is the program's output and nothing else.
"""


class Parser(argparse.ArgumentParser):
    """argparse, but a bad option ends with the status of the table."""

    def error(self, message):
        print("quire: %s (see quire --help)" % message, file=sys.stderr)
        sys.exit(STATUS_SYSTEM)


def _positive(text):
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _seconds(text):
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


_positive.__name__, _seconds.__name__ = "count", "number of seconds"


def _run_options(parser):
    parser.add_argument("--mem", default="64M", metavar="SIZE", help="memory (64M)")
    parser.add_argument("--swap", metavar="SIZE", help="a fresh swap device of that size")
    parser.add_argument("--disk", metavar="FILE", help="the root image, written in place")
    parser.add_argument("--add", action="append", default=[], metavar="HOST[:GUEST]",
                        help="a file or folder for the image, as /basename or /GUEST")
    parser.add_argument("--manifest", metavar="F.dts", help="another system than boot/system.dts")
    parser.add_argument("--set", action="append", default=[], metavar="SERVER.KEY=VALUE",
                        help="a property of a node of the manifest: pager.policy=lru")
    parser.add_argument("--repeat", type=_positive, default=1, metavar="N",
                        help="run the program N times in one boot")
    parser.add_argument("--also", action="append", default=[], metavar="'PROG ARGS'",
                        help="another program beside it")
    parser.add_argument("--icount", action="store_true",
                        help="a measuring run: two runs give identical statistics")
    parser.add_argument("--timeout", type=_seconds, default=60.0, metavar="SECONDS")
    parser.add_argument("--stats", metavar="FILE", help="write the statistics as JSON")
    parser.add_argument("--log", metavar="FILE", help="the log and the table, instead of stderr")
    parser.add_argument("--debug", action="store_true", help="audits and the firmware's log")
    parser.add_argument("program", nargs="*", metavar="PROG ARGS", help="after --")


def _parser():
    parser = Parser(prog="quire", description="Run Linux programs on Quire, in QEMU.",
                    epilog=STATUSES, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name, summary, call):
        sub = commands.add_parser(name, help=summary, description=summary, epilog=STATUSES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter,
                                  allow_abbrev=False)
        sub.add_argument("--arch", default="riscv64", help="riscv64 or armv7 (riscv64)")
        sub.set_defaults(call=call)
        return sub

    _run_options(command("run", "run a program and end with its status", run.run))
    get = command("get", "write a file of an image to stdout", _get)
    get.add_argument("--disk", metavar="FILE", help="the image (default: the last run's)")
    get.add_argument("path", metavar="GUESTPATH")
    _run_options(command("gdb", "run a program under gdb, stopped at the kernel", debug.gdb))
    stat = command("stat", "show a statistics file as a table", _stat)
    stat.add_argument("file", metavar="FILE")
    return parser


def _get(args):
    image.get(args.disk or tree.Build(args.arch).last_image, args.path, sys.stdout.buffer)
    return 0


def _stat(args):
    for line in stats.load(args.file).table():
        print(line)
    return 0


def _split(argv):
    """What is before the first -- and what comes after it: the program's, untouched."""
    if "--" not in argv:
        return argv, None
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def main(argv):
    """Run one command; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STATUS_SIGNAL + signal.SIGTERM))
    try:
        ours, program = _split(argv)
        args = _parser().parse_args(ours)
        if program is not None:
            args.program = program
        return args.call(args)
    except RunnerError as problem:
        print("quire: %s" % problem, file=sys.stderr)
        return problem.status
    except KeyboardInterrupt:
        return STATUS_SIGNAL + signal.SIGINT
