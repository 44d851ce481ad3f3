# SPDX-License-Identifier: GPL-2.0-or-later
"""A QEMU process: its command line, its channels, its monitor.

What the guest writes (console, report, log) goes to regular files that the runner
follows, since a QEMU console on a pipe or socket drops bytes when the reader is slow. What
is read is given back to the file system at once. What the guest reads comes by FIFOs.
"""

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess

from quirelib.errors import RunnerError

SLOT_DISK, SLOT_SWAP, SLOT_CONSOLE, SLOT_REPORT = range(4)  # on the virtio-mmio bus, times slots
CHUNK = 1 << 20
_FALLOC_KEEP_AND_PUNCH = 0x01 | 0x02
_PR_SET_PDEATHSIG = 1


def _die_with_runner():
    """In the child: QEMU ends when the runner does, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Channel:
    """A byte stream of the guest: `read` what it wrote, `write` what it shall read."""

    def __init__(self, folder, name, writable):
        self.path = os.path.join(folder, name)
        self._out = os.open(self.path + ".out", os.O_RDWR | os.O_CREAT, 0o600)
        self._at = 0
        self._punched = 0
        self._in = None
        if writable:
            os.mkfifo(self.path + ".in")
            # Both ends open here: QEMU need not wait, and never sees an end.
            self._in = os.open(self.path + ".in", os.O_RDWR | os.O_NONBLOCK)

    def read(self):
        """Return what is new, at most CHUNK bytes."""
        data = os.pread(self._out, CHUNK, self._at)
        self._at += len(data)
        if self._at - self._punched >= 16 * CHUNK:
            self._give_back()
        return data

    def _give_back(self):
        libc = ctypes.CDLL(None, use_errno=True)
        libc.fallocate(  # a file system that cannot keeps the bytes: no harm
            self._out, _FALLOC_KEEP_AND_PUNCH, ctypes.c_int64(0), ctypes.c_int64(self._at)
        )
        self._punched = self._at

    def write(self, data):
        """Return how many of the bytes the guest's side took."""
        try:
            return os.write(self._in, data)
        except BlockingIOError:
            return 0

    def close(self):
        os.close(self._out)
        if self._in is not None:
            os.close(self._in)


class Monitor:
    """QEMU's monitor: commands out, answers and events in, nothing blocks but `ask`."""

    def __init__(self):
        self.socket, self.theirs = socket.socketpair()
        self._pending = b""
        self.events = []
        self._answers = []

    def started(self):
        self.theirs.close()
        self.send("qmp_capabilities")

    def send(self, command, arguments=None):
        what = {"execute": command, "arguments": arguments or {}}
        try:
            self.socket.sendall(json.dumps(what).encode() + b"\n")
        except OSError:
            pass  # it has ended; whoever waits will see that

    def _take(self, data):
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            message = json.loads(line) if line.strip() else {}
            if "event" in message:
                self.events.append(message["event"])
            elif "return" in message or "error" in message:
                self._answers.append(message.get("return"))

    def poll(self):
        """Take in what has come."""
        try:
            while data := self.socket.recv(65536, socket.MSG_DONTWAIT):
                self._take(data)
        except (BlockingIOError, ConnectionError):
            pass

    def ask(self, command, seconds=5):
        """Return a command's answer; None if there is none in time."""
        self.poll()
        before = len(self._answers)
        # The answer to qmp_capabilities may still be under way.
        wanted = before + (2 if before == 0 else 1)
        self.send(command)
        self.socket.settimeout(seconds)
        try:
            while len(self._answers) < wanted:
                data = self.socket.recv(65536)
                if not data:
                    return None
                self._take(data)
        except OSError:
            return None
        finally:
            self.socket.setblocking(True)
        return self._answers[-1]


class Machine:
    """One QEMU process with a disk, perhaps swap, two consoles and a serial line."""

    def __init__(self, folder):
        self.folder = folder
        self.console = Channel(folder, "console", True)
        self.report = Channel(folder, "report", True)
        self.log = Channel(folder, "log", False)
        self.monitor = Monitor()
        self.process = None

    def command(self, board, config):
        """Return QEMU's command line; `config` has the files and choices of the run."""
        command = [board.qemu, *board.machine, "-m", "size=%dk" % (config.memory >> 10)]
        command += ["-nodefaults", "-no-user-config", "-display", "none"]
        command += ["-no-reboot", "-no-shutdown", "-global", "virtio-mmio.force-legacy=false"]
        command += ["-kernel", config.loader, "-initrd", config.archive]
        words = []
        if config.icount:
            command += ["-icount", "shift=0,sleep=off", "-seed", "1"]
            command += ["-rtc", "base=2024-01-01T00:00:00,clock=vm"]
            words.append("quire.measure")
        if config.debug:
            words.append("quire.debug")
        command += ["-append", " ".join(words)]
        if config.disk:
            command += self._disk("fs", "FSDISK", config.disk, SLOT_DISK * board.slots)
        if config.swap:
            command += self._disk("swap", "SWAPDISK", config.swap, SLOT_SWAP * board.slots)
        command += self._console("console", self.console, SLOT_CONSOLE * board.slots)
        command += self._console("report", self.report, SLOT_REPORT * board.slots)
        command += ["-chardev", "file,id=log,path=%s.out" % _comma(self.log.path)]
        command += ["-serial", "chardev:log"]
        command += ["-chardev", "socket,id=qmp,fd=%d" % self.monitor.theirs.fileno()]
        command += ["-mon", "chardev=qmp,mode=control"]
        return command + config.extra

    @staticmethod
    def _disk(name, serial, path, slot):
        file = {"driver": "file", "filename": str(path)}
        node = {"driver": "raw", "node-name": name, "discard": "unmap", "file": file}
        device = "virtio-blk-device,id=%s-disk,drive=%s,serial=%s,bus=virtio-mmio-bus.%d" % (
            (name, name, serial, slot)
        )
        # By default QEMU stops the machine when the host's disk is full.
        return [
            *("-blockdev", json.dumps(node)),
            *("-device", device + ",werror=report,rerror=report"),
        ]

    @staticmethod
    def _console(name, channel, slot):
        # A "pipe" is two files for QEMU, PATH.in and PATH.out; the latter need not be one.
        return [
            *("-chardev", "pipe,id=%s,path=%s" % (name, _comma(channel.path))),
            *("-device", "virtio-serial-device,id=%s-bus,max_ports=1,bus=virtio-mmio-bus.%d"
              % (name, slot)),
            *("-device", "virtconsole,chardev=%s,bus=%s-bus.0" % (name, name)),
        ]

    def start(self, command):
        if not shutil.which(command[0]):
            raise RunnerError("%s is missing: run make deps" % command[0])
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[self.monitor.theirs.fileno()],
            start_new_session=True,
            preexec_fn=_die_with_runner,  # pylint: disable=subprocess-popen-preexec-fn
        )
        self.monitor.started()

    def ended(self):
        """The guest is off, or QEMU is gone."""
        self.monitor.poll()
        return "SHUTDOWN" in self.monitor.events or self.process.poll() is not None

    def disk_requests(self):
        """Return {disk: (reads, writes)} as QEMU counted them."""
        found = {}
        for device in self.monitor.ask("query-blockstats") or []:
            name = device.get("qdev", "").split("/")
            name = next((part for part in name if part.endswith("-disk")), None)
            if name:
                stats = device["stats"]
                found[name[: -len("-disk")]] = (stats["rd_operations"], stats["wr_operations"])
        return found

    def complaint(self):
        """What QEMU wrote to stderr; call it once QEMU has ended."""
        return self.process.stderr.read().decode(errors="replace").strip()

    def stop(self):
        """End QEMU: asked first, so that it closes the image, then killed."""
        if self.process and self.process.poll() is None:
            self.monitor.send("quit")
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def close(self):
        self.stop()
        for channel in (self.console, self.report, self.log):
            channel.close()
        self.monitor.socket.close()
        if self.process:
            self.process.stderr.close()


def _comma(path):
    """A path within one of QEMU's comma-separated options."""
    return str(path).replace(",", ",,")
