# SPDX-License-Identifier: GPL-2.0-or-later
"""`tools/quire` on disks that fail, vanish, or are logged.

Run with a description of the disks, as JSON, in front of quire's own arguments. A disk,
"fs" or "swap", can have

    errors     blkdebug's list of errors to inject
    log        a file that takes blklogwrites' log of what is written
    slow       how many requests it takes a second
    uncached   it says that it has no cache: so the guest sends no flush
    vanishes   the disk is taken away when the guest's output has this text
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

# pylint: disable=wrong-import-position
from quirelib import cli, machine, run  # noqa: E402

EVENT = {"read": "read_aio", "write": "write_aio", "flush": "flush_to_disk"}


FOR_EVER = 0


def nth(kind, number, length=1):
    """Errors: the number-th request of a kind fails, and so many in all; or FOR_EVER."""
    event = EVENT[kind]
    last = number + max(length, 1)
    chain = [{"event": event, "state": k, "new_state": k + 1} for k in range(1, last + 1)]
    failing = [{"event": event, "iotype": kind, "errno": 5, "state": state,
                "once": length != FOR_EVER} for state in range(number, last)]
    return {"errors": {"set-state": chain, "inject-error": failing}}


def command(disks):
    """What to run instead of tools/quire."""
    return [sys.executable, os.path.realpath(__file__), json.dumps(disks)]


def _file(given, path, name):
    """The block device behind a disk's format."""
    file = {"driver": "file", "filename": str(path), "cache": {"no-flush": True}}
    if "errors" in given:
        file = {"driver": "blkdebug", "image": file, **given["errors"]}
    if "log" in given:
        log = {"driver": "file", "filename": given["log"]}
        file = {"driver": "blklogwrites", "file": file, "log": log, "log-sector-size": 512}
        file["cache"] = {"no-flush": "uncached" in given}
    if "slow" in given:
        file = {"driver": "throttle", "throttle-group": name + "-pace", "file": file}
    return file


class _Watched(machine.Channel):
    """A channel that tells when a text has come."""

    def watch(self, text, told):
        self.text, self.told, self.seen = text.encode(), told, b""

    def read(self):
        data = super().read()
        if self.told:
            self.seen += data
            if self.text in self.seen:
                self.told()
                self.told = None
        return data


class Rough(machine.Machine):
    """A machine whose disks are as described."""

    disks = {}

    def __init__(self, folder):
        super().__init__(folder)
        for name, given in self.disks.items():
            if "vanishes" in given:
                self.console.__class__ = _Watched
                self.console.watch(given["vanishes"], lambda name=name: self._take_away(name))

    def _take_away(self, name):
        self.monitor.send("human-monitor-command", {"command-line": "drive_del " + name})

    def _disk(self, name, serial, path, slot):
        words = super()._disk(name, serial, path, slot)
        given = self.disks.get(name, {})
        node = json.loads(words[1])
        node["file"] = _file(given, path, name)
        words[1] = json.dumps(node)
        if "vanishes" in given:  # the monitor takes away only what came so
            words[:2] = ["-drive", "if=none,format=raw,id=%s,file=%s" % (name, path)]
        if "uncached" in given:
            words[3] += ",write-cache=off,config-wce=off"
        if "slow" in given:
            pace = "throttle-group,id=%s-pace,x-iops-total=%d" % (name, given["slow"])
            words[:0] = ["-object", pace]
        return words


def main():
    Rough.disks = json.loads(sys.argv[1])
    run.Machine = Rough
    return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
