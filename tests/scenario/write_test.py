# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that write: what the guest wrote is in the image, and e2fsck finds nothing to say."""

import array
import gzip
import io
import os
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from quirelib import image, tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
TASK = tree.Build(ARCH).file("task")
BUSYBOX = "/bin/busybox"


class Writing(unittest.TestCase):
    """One image, written by one program after the other."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-write-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.disk = self.folder / "disk.img"
        contents = image.Tree()
        contents.add(tree.Build(ARCH).file("busybox"), BUSYBOX)
        text = self.folder / "text"
        text.write_bytes(b"".join(b"line %d\n" % (i * 7919 % 10007) for i in range(20000)))
        contents.add(text, "/text")
        image.make(self.disk, contents)
        self.text = text.read_bytes()

    def busybox(self, *args, status=0, run=(), stdin=b""):
        options = ["--mem", "24M", "--disk", str(self.disk), *run]
        done = scenario.run(ARCH, options, [BUSYBOX, *args], stdin=stdin)
        self.assertEqual(done.status, status, done.stderr[-400:])
        return done

    def clean(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        done = subprocess.run(
            ["e2fsck", "-fn", str(self.disk)],
            env=dict(os.environ, PATH=path),
            capture_output=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout[-600:])

    def get(self, path):
        with open(self.folder / "out", "wb") as out:
            image.get(self.disk, path, out)
        return (self.folder / "out").read_bytes()

    def test_applets_leave_what_they_say_and_a_clean_image(self):
        self.busybox("mkdir", "-p", "/a/b/c")
        self.busybox("cp", "/text", "/a/b/copy")
        self.busybox("mv", "/a/b/copy", "/a/moved")
        self.busybox("ln", "-s", "moved", "/a/link")
        self.busybox("ln", "/a/moved", "/a/hard")
        self.busybox("touch", "/a/empty")
        self.busybox("chmod", "600", "/a/hard")
        self.busybox("dd", "if=/text", "of=/a/part", "bs=1000", "skip=3", "count=20")
        self.busybox("rmdir", "/a/b/c")
        self.clean()
        self.assertEqual(self.get("/a/moved"), self.text)
        self.assertEqual(self.get("/a/hard"), self.text)
        self.assertEqual(self.get("/a/part"), self.text[3000:23000])
        self.assertEqual(self.get("/a/empty"), b"")
        self.busybox("rm", "-r", "/a")
        self.clean()
        self.assertEqual(self.busybox("ls", "/").stdout, b"bin\nlost+found\ntext\n")

    def test_sort_writes_what_the_host_sorts(self):
        self.busybox("sort", "-o", "/sorted", "/text")
        self.assertEqual(self.get("/sorted"), b"".join(sorted(self.text.splitlines(True))))
        self.clean()

    def test_tee_writes_its_input(self):
        done = self.busybox("tee", "/teed", stdin=b"one\ntwo\n")
        self.assertEqual(done.stdout, b"one\ntwo\n")
        self.assertEqual(self.get("/teed"), b"one\ntwo\n")
        self.clean()

    def test_streams_are_cut_and_put_where_they_are_told(self):
        self.busybox("cp", "/text", "/patched")
        self.busybox(
            *("dd", "if=/text", "of=/patched", "bs=512", "seek=7", "skip=2", "count=9"),
            "conv=notrunc",
        )
        want = bytearray(self.text)
        want[7 * 512 : 16 * 512] = self.text[2 * 512 : 11 * 512]
        self.assertEqual(self.get("/patched"), bytes(want))
        self.busybox("truncate", "-s", "1000", "/patched")
        self.assertEqual(self.get("/patched"), bytes(want[:1000]))
        self.busybox("truncate", "-s", "9000", "/patched")
        self.assertEqual(self.get("/patched"), bytes(want[:1000]) + bytes(8000))
        self.busybox("tee", "-a", "/patched", stdin=b"end")
        self.assertEqual(self.get("/patched"), bytes(want[:1000]) + bytes(8000) + b"end")
        self.busybox("sync")
        self.clean()

    def test_packed_files_are_what_the_host_reads_and_come_back(self):
        self.busybox("mkdir", "-p", "/a/b")
        self.busybox("cp", "/text", "/a/b/text")
        self.busybox("ln", "-s", "b/text", "/a/link")
        self.busybox("chmod", "640", "/a/b/text")
        self.busybox("touch", "-d", "2001-02-03 04:05:06", "/a/b/text")
        self.busybox("tar", "-cf", "/a.tar", "-C", "/", "a")
        with tarfile.open(fileobj=io.BytesIO(self.get("/a.tar"))) as tar:
            self.assertEqual(sorted(tar.getnames()), ["a", "a/b", "a/b/text", "a/link"])
            member = tar.getmember("a/b/text")
            self.assertEqual((member.mode, member.mtime), (0o640, 981173106))
            self.assertEqual(tar.extractfile(member).read(), self.text)
        self.busybox("cp", "-r", "/a", "/copy")
        self.busybox("rm", "-r", "/a")
        self.busybox("tar", "-xf", "/a.tar", "-C", "/")
        self.assertEqual(self.get("/a/b/text"), self.text)
        self.assertEqual(self.get("/copy/b/text"), self.text)
        self.assertEqual(
            self.busybox("stat", "-c", "%a %Y", "/a/b/text").stdout, b"640 981173106\n"
        )
        self.busybox("gzip", "/a/b/text")
        self.assertEqual(gzip.decompress(self.get("/a/b/text.gz")), self.text)
        self.busybox("gunzip", "/a/b/text.gz")
        self.assertEqual(self.get("/a/b/text"), self.text)
        self.clean()

    def test_a_mapping_twice_as_large_as_memory_is_rewritten(self):
        size = 48 << 20
        words = array.array("I", range(size // 4))
        file = self.folder / "words"
        file.write_bytes(words.tobytes())
        contents = image.Tree()
        contents.add(TASK / "rewrite", "/rewrite")
        contents.add(file, "/words")
        image.make(self.disk, contents)
        options = ["--icount", "--mem", "24M", "--disk", str(self.disk)]
        done = scenario.run(ARCH, options, ["/rewrite", "/words"], deadline=200)
        self.assertEqual(done.status, 0, done.stderr[-400:])
        self.assertGreater(done.stats["evictions"]["clean"], 5000)
        turned = int.from_bytes(words.tobytes(), "little") ^ (1 << 8 * size) - 1
        self.assertEqual(self.get("/words"), turned.to_bytes(size, "little"))
        self.clean()

    def test_a_full_disk_is_told_and_stays_clean(self):
        done = self.busybox("dd", "if=/dev/zero", "of=/all", "bs=65536", status=1)
        self.assertIn("No space left", done.stderr)
        self.clean()
        self.busybox("rm", "/all")
        self.busybox("cp", "/text", "/copy")
        self.assertEqual(self.get("/copy"), self.text)
        self.clean()

    def test_mounts_tell_whether_the_volume_can_be_written(self):
        self.assertIn(b"/ ext2 rw ", self.busybox("cat", "/proc/mounts").stdout)
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        subprocess.run(["tune2fs", "-O", "^has_journal,project", str(self.disk)],
                       env=dict(os.environ, PATH=path), capture_output=True, check=True)
        done = self.busybox("cat", "/proc/mounts")
        self.assertIn("file: read only: ", done.stderr)
        self.assertIn(b"/ ext2 ro ", done.stdout)

    def test_two_measured_runs_write_the_same(self):
        before = self.disk.read_bytes()
        stats = []
        for _ in range(2):
            self.disk.write_bytes(before)
            done = self.busybox("cp", "/text", "/copy", run=("--icount",))
            stats.append((done.stats, self.disk.read_bytes()))
        self.assertEqual(stats[0], stats[1])
        self.assertGreater(stats[0][0]["disk"]["writes"], 0)


if __name__ == "__main__":
    unittest.main()
