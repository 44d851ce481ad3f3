# SPDX-License-Identifier: GPL-2.0-or-later
"""The numbers of system calls, compared with the headers that programs are compiled with."""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENTRY = re.compile(r"\bN\((\w+),\s*(?:ABI_OWN \+ )?(\d+)\)")
CROSS = re.compile(r"^TASK_CROSS := (\S+)", re.MULTILINE)
# Headers name a call in two widths after its narrow form; we, after the wide one.
WIDE = ["%s64", "%s_time64", "%s32", "arm_%s", "%s"]
NARROW = re.compile(r"_?(32|16)$")
OTHERS = {
    "newfstatat": ["newfstatat", "fstatat64"],
    "getrlimit": ["ugetrlimit", "getrlimit"],
    "llseek": ["_llseek"],
    "select": ["_newselect"],
}
LATER = {"riscv_hwprobe"}  # than the headers


def header_names(ours):
    """Names under which a header may have the call, the likeliest first."""
    if ours in OTHERS:
        return OTHERS[ours]
    if NARROW.search(ours):
        return [NARROW.sub("", ours)]
    return [form % ours for form in WIDE]


def header_numbers(cross, names):
    """{name: number} of the names that the compiler's headers know."""
    text = "#include <asm/unistd.h>\n"
    text += "".join("@%s __NR_%s\n@%s __ARM_NR_%s\n" % (4 * (name,)) for name in sorted(names))
    done = subprocess.run([cross + "gcc", "-E", "-P", "-x", "c", "-"], input=text, text=True,
                          stdout=subprocess.PIPE, check=True)
    found = {}
    for name, sum_of in re.findall(r"^@(\w+) (\(*[0-9x(][^\n_]*)$", done.stdout, re.MULTILINE):
        terms = re.findall(r"0x[0-9a-fA-F]+|\d+", sum_of)
        found[name] = sum(int(term, 0) for term in terms)
    return found


class Numbers(unittest.TestCase):
    """One test a port."""

    def compare(self, arch):
        folder = ROOT / "arch" / arch
        cross = CROSS.search((folder / "target.mk").read_text(encoding="utf-8")).group(1)
        ours = ENTRY.findall((folder / "linux_calls.h").read_text(encoding="utf-8"))
        names = {name for entry in ours for name in header_names(entry[0])}
        numbers = header_numbers(cross, names)
        self.assertGreater(len(ours), 100)
        for name, number in ours:
            if name not in LATER:
                theirs = [numbers[also] for also in header_names(name) if also in numbers]
                self.assertEqual([int(number)], [known & 0xFFFF for known in theirs[:1]], name)

    def test_of_riscv64_are_the_headers(self):
        self.compare("riscv64")

    def test_of_armv7_are_the_headers(self):
        self.compare("armv7")


if __name__ == "__main__":
    unittest.main()
