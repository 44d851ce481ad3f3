# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that a scenario asks for, and the names that its texts may use for them."""

import array
import hashlib
import random
import re
from pathlib import Path

from quirelib import sizes, tree
from testlib import elf


class Places:
    """A scenario's own folder and the build's."""

    def __init__(self, arch, folder):
        self.folder = Path(folder)
        self.names = {
            "tmp": folder,
            "task": str(tree.Build(arch).folder / "task"),
            "here": str(tree.ROOT / "tests" / "scenario"),
        }

    def fill(self, text):
        """Replace {tmp}, {task}, {here}, {sha256:FILE} in a text; other braces stay."""

        def one(match):
            word, _, file = match.group(1).partition(":")
            if word == "sha256" and file:
                return hashlib.sha256((self.folder / file).read_bytes()).hexdigest()
            return self.names.get(match.group(1), match.group(0))

        return re.sub(r"\{([a-z0-9]+(?::[^{}]+)?)\}", one, text)

    def make(self, wanted):
        """Make files: a text, or a table that says how the bytes come about."""
        for name, how in wanted.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(how, str):
                path.write_text(how, encoding="utf-8")
            else:
                path.write_bytes(self._bytes(how))
                path.chmod(how.get("mode", 0o755))

    def _bytes(self, how):
        if "random" in how:
            data = random.Random(how.get("seed", 1)).randbytes(sizes.parse(how["random"]))
        elif "count" in how:
            data = array.array("I", range(sizes.parse(how["count"]) // 4)).tobytes()
        elif "zero" in how:
            data = bytes(sizes.parse(how["zero"]))
        else:
            data = Path(self.fill(how["copy"])).read_bytes()
        data = data[: how.get("cut", len(data))]
        for name, value in how.get("elf", {}).items():
            data = elf.Layout(data).put(data, name, value)
        for at, patch in how.get("patch", []):
            new = bytes.fromhex(patch)
            data = data[:at] + new + data[at + len(new) :]
        return data
