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

from quirelib import fdt
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


def _texts(value):
    return value.rstrip(b"\0").decode(errors="replace").split("\0")


def _value(text, allowed):
    """A setting's value in source, by the kind that `options` names; None if it is none."""
    if allowed == ["<size>"]:
        return string(text) if re.fullmatch(r"[0-9]{1,15}[KMG]?", text) else None
    if allowed == ["<number>"]:
        return string(text) if re.fullmatch(r"[0-9]{1,15}", text) else None
    if allowed in (["<text>"], ["<texts>"]):
        return string(text)
    if allowed == ["<cells>"]:
        numbers = [part for part in re.split(r"[ ,]+", text) if part.isdigit()]
        return cells(*map(int, numbers)) if numbers else None
    return string(text) if text in allowed else None


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
        children = {node.name: node for node in root.children}
        self.servers = {
            name: node.properties for name, node in children.items() if "image" in node.properties
        }
        options = children["options"].children if "options" in children else []
        self.options = {node.name: node.properties for node in options}
        self.said = []

    def has(self, server):
        return server in self.servers

    def files(self):
        """The archive's files that the servers are made from, in order, each once."""
        images = (_texts(properties["image"])[0] for properties in self.servers.values())
        return list(dict.fromkeys(images))

    def say(self, server, key, value):
        """Add a property, its value in device-tree source."""
        self.said.append((server, key, value))

    def set(self, setting):
        """Add a setting SERVER.KEY=VALUE; it must be one that the source's options have."""
        match = re.fullmatch(r"([\w-]+)\.([\w.,#-]+)=(.*)", setting)
        if not match:
            raise RunnerError("not a setting: '%s' (write SERVER.KEY=VALUE)" % setting)
        server, key, text = match.groups()
        if server not in self.options or server not in self.servers:
            known = ", ".join(name for name in self.options if name in self.servers)
            raise RunnerError("no server '%s' in the manifest; there are: %s" % (server, known))
        keys = [name for name in self.options[server] if not name.endswith("*")]
        if key not in keys:
            raise RunnerError("%s has no setting '%s'; it has: %s" % (server, key, ", ".join(keys)))
        allowed = _texts(self.options[server][key])
        value = _value(text, allowed)
        if value is None:
            raise RunnerError(
                "%s.%s cannot be '%s'; it can be: %s" % (server, key, text, ", ".join(allowed))
            )
        self.say(server, key, value)

    def tree(self):
        """Return the whole as a flattened device tree."""
        lines = ["/ { %s { %s = %s; }; };\n" % said for said in self.said]
        return _compile(self.text + "\n" + "".join(lines), self.folder)
