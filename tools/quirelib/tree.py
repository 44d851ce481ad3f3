# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the source tree, the build's output folders."""

import os
import subprocess
import sys
from pathlib import Path

from quirelib.errors import RunnerError

ROOT = Path(__file__).resolve().parent.parent.parent
MANIFEST = ROOT / "boot" / "system.dts"


class Build:
    """The output folder of one architecture: make's O=, or QUIRE_OUT here."""

    def __init__(self, arch):
        self.out = Path(os.environ.get("QUIRE_OUT", ROOT / "build")).resolve()
        self.arch = arch
        self.folder = self.out / arch
        self.last_image = self.folder / "last" / "root.img"

    def file(self, name):
        return self.folder / name

    def image(self, name):
        """The stripped ELF that goes into the boot archive as `name`."""
        return self.folder / "image" / name

    def ensure(self, names):
        """Build the whole if one of these files is missing."""
        if all(self.file(name).exists() for name in names):
            return
        command = ["make", "-s", "-C", str(ROOT), "ARCH=" + self.arch, "O=" + str(self.out)]
        command.append("build")
        done = subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False)
        missing = [name for name in names if not self.file(name).exists()]
        if done.returncode or missing:
            what = ": no %s" % ", ".join(missing) if missing else ""
            raise RunnerError("the build failed%s" % what)


def commit():
    """The commit of the tree, "unknown" outside a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, check=False
        )
    except OSError:
        return "unknown"
    return done.stdout.decode().strip() if done.returncode == 0 else "unknown"
