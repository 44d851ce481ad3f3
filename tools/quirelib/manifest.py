# SPDX-License-Identifier: GPL-2.0-or-later
"""The manifest of a run: a device-tree source, the settings of the command line on top.

Settings become a fragment that dtc merges into the source, so that a run differs from
the default system only in what was asked for.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from quirelib import fdt, sizes
from quirelib.errors import RunnerError


def string(text):
    """A string in device-tree source, whatever bytes it has."""
    plain = set(range(32, 127)) - set(b'"\\')
    return '"%s"' % "".join(
        chr(byte) if byte in plain else "\\x%02x" % byte for byte in os.fsencode(text)
    )


def strings(texts):
    return ", ".join(string(text) for text in texts)


def cells(*numbers):
    return "<%s>" % " ".join("0x%x" % number for number in numbers)


def byte_string(data):
    return "[%s]" % data.hex()


def _compile(text, folder):
    """Run the preprocessor and dtc over a source; return the tree's bytes."""
    for tool in ("cpp", "dtc"):
        if not shutil.which(tool):
            raise RunnerError("%s is missing: run make deps" % tool)
    cpp = ["cpp", "-nostdinc", "-undef", "-P", "-x", "assembler-with-cpp", "-I", str(folder), "-"]
    source = subprocess.run(cpp, input=text.encode(), capture_output=True, check=False)
    if source.returncode:
        raise RunnerError("bad manifest: %s" % _first_line(source.stderr))
    dtc = ["dtc", "-q", "-I", "dts", "-O", "dtb", "-i", str(folder), "-"]
    tree = subprocess.run(dtc, input=source.stdout, capture_output=True, check=False)
    if tree.returncode:
        raise RunnerError("bad manifest: %s" % _first_line(tree.stderr))
    return tree.stdout


def _first_line(stderr):
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "cannot be compiled"


def _is_text(value):
    return not value or (value[-1] == 0 and all(32 <= byte < 127 or byte == 0 for byte in value))


class Manifest:
    """A source, what it says, and what is to be said besides."""

    def __init__(self, path):
        path = Path(path)
        try:
            self.text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise RunnerError("cannot read the manifest %s: %s" % (path, problem)) from problem
        self.folder = path.resolve().parent
        root = fdt.parse(_compile(self.text, self.folder))
        self.nodes = {}
        for where, node in root.walk():
            if node.properties and where != "/":
                self.nodes[node.name.split("@")[0]] = (where, node)
        self.said = []

    def has(self, node):
        return node in self.nodes

    def files(self):
        """The archive's files that the nodes name, in order, each once."""
        found = {}
        for name, (_, node) in self.nodes.items():
            image = node.properties.get("image")
            if image is not None:
                found[image.rstrip(b"\0").decode() or name] = None
        return list(found)

    def say(self, node, key, value):
        """Add a property, its value in device-tree source."""
        self.said.append((self.nodes[node][0], key, value))

    def set(self, setting):
        """Add a setting SERVER.KEY=VALUE; it must be one that the source has."""
        match = re.fullmatch(r"([\w-]+)\.([\w.,#-]+)=(.*)", setting)
        if not match:
            raise RunnerError("not a setting: '%s' (write SERVER.KEY=VALUE)" % setting)
        server, key, value = match.groups()
        if server not in self.nodes:
            raise RunnerError(
                "no server '%s' in the manifest; there are: %s" % (server, ", ".join(self.nodes))
            )
        properties = self.nodes[server][1].properties
        if key not in properties:
            raise RunnerError(
                "%s has no setting '%s'; it has: %s" % (server, key, ", ".join(properties))
            )
        if _is_text(properties[key]):
            self.say(server, key, string(value))
        else:
            self.say(server, key, cells(sizes.parse(value)))

    def tree(self):
        """Return the whole as a flattened device tree."""
        text = self.text + "\n"
        for where, key, value in self.said:
            names = [name for name in where.split("/") if name]
            opened = "".join("%s { " % name for name in names)
            text += "/ { %s%s = %s; %s};\n" % (opened, key, value, "}; " * len(names))
        return _compile(text, self.folder)


def default_source(root):
    return os.path.join(root, "boot", "system.dts")
