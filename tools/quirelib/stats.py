# SPDX-License-Identifier: GPL-2.0-or-later
"""The statistics of a run: the guest's `key value` lines as one JSON object, and a table."""

import json

from quirelib.errors import RunnerError

VERSION = 1
PAGE = 4096

# Keys that are always there; the guest may say more.
KEYS = {
    "instructions": ("total", "idle", "boot_to_program"),
    "memory": (
        *("total", "firmware", "kernel", "servers"),
        *("tables", "programs", "cache", "free"),
    ),
    "faults": ("zero", "file", "cow", "stack", "swapin", "soft", "refused"),
    "evictions": ("clean", "dirty", "anon"),
    "cache": ("hits", "misses"),
    "disk": ("reads", "writes"),
    "swap": ("out", "in"),
}
RUN_KEYS = ("exit", "instructions", "starved", "faults", "disk")


def _number(text):
    try:
        return int(text)
    except ValueError:
        return text


def _put(tree, path, value):
    """Set tree[a][b]... for path a.b...; False if a value stands in the way."""
    *folders, last = path
    for name in folders:
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            return False
    tree[last] = value
    return True


class Stats:
    """Everything a run told, to be written or shown."""

    def __init__(self, commit, arch, memory, measured=False):
        self.tree = {"version": VERSION, "commit": commit, "arch": arch, "mem_bytes": memory}
        self.tree["measured"] = measured  # else the machine's counter follows the host's clock
        self.tree["exit"] = {"kind": "quire", "code": 0}
        for name, keys in KEYS.items():
            self.tree[name] = dict.fromkeys(keys, 0)
        self.tree["messages"] = {}
        self.runs = {}
        self.told = False

    def take(self, text):
        """Take in lines `key value`; a key's last value counts."""
        for line in text.splitlines():
            key, _, value = line.strip().partition(" ")
            path = key.split(".")
            self.told = True
            if path[0] == "runs" and len(path) > 2 and path[1].isdigit():
                _put(self.runs.setdefault(int(path[1]), {}), path[2:], _number(value))
            elif path[0] != "exit":
                _put(self.tree, path, _number(value))

    def ended(self, kind, code):
        self.tree["exit"] = {"kind": kind, "code": code}

    def disk(self, requests):
        """QEMU's own counts, beside the guest's."""
        for name, key in (("fs", "disk"), ("swap", "swap")):
            reads, writes = requests.get(name, (0, 0))
            self.tree[key]["qemu_reads"] = reads
            self.tree[key]["qemu_writes"] = writes

    def as_tree(self):
        runs = [dict(dict.fromkeys(RUN_KEYS, 0), **self.runs[i]) for i in sorted(self.runs)]
        return dict(self.tree, runs=runs)

    def write(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.as_tree(), file, indent=1)
            file.write("\n")

    def table(self, counted=True):
        """Return the closing table's lines; without --icount nothing counts instructions."""
        tree = self.tree
        rows = [
            ("memory", tree["memory"], "pages"),
            ("faults", tree["faults"], ""),
            ("evictions", tree["evictions"], "pages"),
            ("cache", tree["cache"], "pages"),
            ("disk", {key: tree["disk"][key] for key in KEYS["disk"]}, "requests"),
            ("swap", {key: tree["swap"][key] for key in KEYS["swap"]}, "pages"),
            ("messages", tree["messages"], ""),
        ]
        if counted:
            rows.append(("instructions", tree["instructions"], ""))
        for name, values, unit in rows:
            if name == "swap" and not any(values.values()):
                continue
            cells = "  ".join("%s %s" % (key, _grouped(value)) for key, value in values.items())
            yield "%-13s %s%s" % (name, cells, "  (%s)" % unit if unit else "")
        for index in sorted(self.runs) if len(self.runs) > 1 else ():
            cells = "  ".join(
                "%s %s" % (key, _grouped(value))
                for key, value in self.runs[index].items()
                if counted or key != "instructions"
            )
            yield "%-13s %s" % ("run %d" % (index + 1), cells)


def _grouped(value):
    return "{:,}".format(value) if isinstance(value, int) else str(value)


def load(path):
    """Read a statistics file back; RunnerError if it is none."""
    try:
        with open(path, encoding="utf-8") as file:
            tree = json.load(file)
        found = Stats(tree["commit"], tree["arch"], tree["mem_bytes"])
        found.runs = dict(enumerate(tree.pop("runs")))
        found.tree = tree
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise RunnerError("not a statistics file: %s" % path) from problem
    return found
