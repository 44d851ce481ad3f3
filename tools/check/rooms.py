#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What every file and room owes its reader.

A licence line first; a README of at most 40 lines in every room; no path of one machine;
no test file that checks nothing; no line with trailing blanks; the soft limit of a file's
length kept within reason; a row for each numbered test of hostile input.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = (".c", ".h", ".S", ".ld", ".py", ".sh", ".mk", ".dts", ".toml")
SCRIPT = re.compile(r"\A#!.*(?:bash|sh|python3)\b")
SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
PRIVATE = re.compile(r"(?<![\w.])/(?:work|root|home)/[\w.]+")
LONGEST_README = 40
LONGEST_FILE = 500
LONGEST_TEST = 1000
TEST_CHECKS = re.compile(r"\b(CHECK\w*|assert\w+|expect\w*)\s*\(")


def tracked():
    command = ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.splitlines() if (ROOT / name).is_file()]


def rooms():
    """Folders that must introduce themselves."""
    for name in ("kernel", "arch", "boot", "lib", "servers", "tests", "tools", "docs"):
        yield Path(name)
    for name in ("lib", "servers"):
        for folder in sorted((ROOT / name).iterdir()):
            if folder.is_dir() and any(folder.rglob("*.[ch]")):
                yield folder.relative_to(ROOT)


def file_problems(path, text):
    lines = text.splitlines()
    is_source = path.suffix in SOURCE or path.name == "Makefile" or SCRIPT.match(text)
    is_source = is_source and path.name != "module.mk"  # a list, no work of authorship
    if is_source and not any(SPDX in line for line in lines[:2]):
        yield "%s: no line '%s' at the top" % (path, SPDX)
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield "%s:%d: blanks at the end of the line" % (path, number)
    private = PRIVATE.search(text)
    if private and path.name != "rooms.py":
        yield "%s: a path of one machine: %s" % (path, private.group(0))
    if is_source and len(lines) > (LONGEST_TEST if path.parts[0] == "tests" else LONGEST_FILE):
        yield "%s: %d lines; one noun a file" % (path, len(lines))
    if path.name == "README.md" and len(path.parts) > 1 and len(lines) > LONGEST_README:
        yield "%s: %d lines, at most %d" % (path, len(lines), LONGEST_README)
    if re.search(r"_test\.(c|py)$", path.name) and not TEST_CHECKS.search(text):
        yield "%s: checks nothing" % path


def hostile_problems():
    """The numbered tests of hostile input are those that docs/hostile.md lists."""
    tested = set()
    for path in (ROOT / "tests/unit").glob("kernel_hostile*_test.c"):
        tested.update(re.findall(r"TEST\(hostile, (\d+)_", path.read_text(encoding="utf-8")))
    told = set(re.findall(r"^\| (\d+) \|", (ROOT / "docs/hostile.md").read_text(encoding="utf-8"),
                          re.MULTILINE))
    for number in sorted(tested ^ told):
        yield "docs/hostile.md: row or test %s is missing" % number


def main():
    problems = list(hostile_problems())
    for path in tracked():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.append("%s: neither text nor to be generated" % path)
            continue
        if path.name != "LICENSE":
            problems.extend(file_problems(path, text))
    for room in rooms():
        if not (ROOT / room / "README.md").is_file():
            problems.append("%s: no README.md" % room)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
