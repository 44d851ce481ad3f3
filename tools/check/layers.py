#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Dependencies point down only: servers -> libraries -> protocol -> abi <- kernel -> arch.

Every quoted include must be found in the includer's own module or in one that it may
use: for libraries and servers those that module.mk says; a protocol only of a server at
the same level or below; the architecture's names nowhere outside arch/.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
USES = re.compile(r"^(\w+)\.uses\s*[:+]?=\s*(.*)$", re.MULTILINE)
ISA = re.compile(r"\b(__riscv\w*|__arm__|__ARM_\w+|__aarch64__|ARCH_(?:RISCV|ARM)\w*)\b")

ROOMS = ("kernel", "servers", "lib", "boot", "arch")

# Rooms that every module of a kind may look into, besides itself and what it uses.
COMMON = {
    "lib/abi": [],
    "lib/protocol": ["lib/abi", "lib/rt"],
    "kernel": ["lib/abi", "arch"],
    "boot": ["lib/abi", "arch"],
    "lib": ["lib/abi", "lib/protocol", "lib/rt", "arch"],
    "servers": ["lib/abi", "lib/protocol", "lib/rt", "arch"],
    "arch": ["lib/abi", "lib/rt", "kernel", "boot"],
}
# What is data or pure functions must not reach up to the servers' run-time.
PURE = {"lib/ds", "lib/string", "lib/elf"}


def module_of(path):
    """The module a file belongs to: lib/rt, servers/frame, kernel, boot, arch."""
    parts = path.parts
    return "/".join(parts[:2]) if parts[0] in ("lib", "servers") else parts[0]


def uses(module, seen=None):
    """The library folders that a module uses, and those that they use."""
    seen = set() if seen is None else seen
    fragment = ROOT / module / "module.mk"
    text = fragment.read_text().replace("\\\n", " ") if fragment.exists() else ""
    for name, words in USES.findall(text):
        if name != module.rpartition("/")[2]:
            continue
        for word in words.split():
            if (ROOT / "lib" / word).is_dir() and "lib/" + word not in seen:
                seen.add("lib/" + word)
                uses("lib/" + word, seen)
    return seen


FOREIGN = {"libfdt", "libext2fs"}


def has_foreign(module):
    """Whether a module uses a library that is not in this tree."""
    fragment = ROOT / module / "module.mk"
    text = fragment.read_text() if fragment.exists() else ""
    return any(FOREIGN & set(words.split()) for _, words in USES.findall(text))


def allowed(module):
    if module in PURE:
        return ["lib/abi", *sorted(uses(module))]
    common = COMMON.get(module, COMMON.get(module.split("/")[0], []))
    return [*common, *sorted(uses(module))]


def found_in(folder, include):
    """Whether a room, or a folder below it, has a header of that name."""
    return any((ROOT / folder).rglob(include))


def levels():
    """Levels of the servers, from the default manifest."""
    text = (ROOT / "boot" / "system.dts").read_text()
    found = re.findall(r"^\t(\w+) \{\n\t\tlevel = <(\d+)>", text, re.MULTILINE)
    return {name: int(level) for name, level in found}


def problems_of(path, level):
    text = (ROOT / path).read_text(encoding="utf-8")
    module = module_of(path)
    if module != "arch":
        for name in sorted(set(ISA.findall(text))):
            yield "%s: %s belongs in arch/" % (path, name)
    folders = [module, *allowed(module)]
    for include in INCLUDE.findall(text):
        ours = any(found_in(room, include) for room in ROOMS)
        if not ours and has_foreign(module):
            continue
        if not any(found_in(folder, include) for folder in folders):
            yield "%s: includes %s, which %s does not use" % (path, include, module)
        if module.startswith("servers/"):
            callee = include[:-2]
            if level.get(callee, 0) > level.get(module.split("/")[1], 0) > 0:
                if (ROOT / "lib" / "protocol" / include).exists():
                    yield "%s: calls %s, which is above it" % (path, callee)


def main():
    command = ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    rooms = tuple(room + "/" for room in ROOMS)
    paths = [Path(p) for p in listed if p.startswith(rooms) and p.endswith((".c", ".h", ".S"))]
    level = levels()
    problems = [p for path in paths if (ROOT / path).exists() for p in problems_of(path, level)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
