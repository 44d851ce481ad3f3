# SPDX-License-Identifier: GPL-2.0-or-later
"""ext2 images: what goes in comes out, and equal files give equal images."""

import io
import os
import subprocess

from kit import RunnerCase

from quirelib import image
from quirelib.errors import RunnerError


class Image(RunnerCase):
    """Trees written by debugfs, looked at by e2fsck and get."""

    def make(self, name, *items):
        tree = image.Tree()
        for host, guest in items:
            tree.add(host, guest)
        path = self.path(name)
        image.make(path, tree)
        return path

    def contents(self, path, guest):
        with open(self.path("got"), "wb") as out:
            image.get(path, guest, out)
        with open(self.path("got"), "rb") as file:
            return file.read()

    def check(self, path):
        tool = image._tool("e2fsck")
        done = subprocess.run([tool, "-fn", path], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def folder_of_files(self):
        os.makedirs(self.path("d/deep"))
        self.path("d/a b", b"blank")
        self.path('d/q"uote', b"quote")
        self.path("d/deep/hole", bytes(9 << 20) + b"end")
        os.chmod(self.path("d/a b"), 0o640)
        os.symlink("deep/hole", self.path("d/link"))
        return self.path("d")

    def test_holds_a_folder_with_odd_names_holes_and_links(self):
        path = self.make("i", (self.folder_of_files(), "/d"))
        self.check(path)
        self.assertEqual(self.contents(path, "/d/a b"), b"blank")
        self.assertEqual(self.contents(path, '/d/q"uote'), b"quote")
        self.assertEqual(self.contents(path, "/d/link"), bytes(9 << 20) + b"end")

    def test_keeps_modes_and_gives_all_to_root(self):
        path = self.make("i", (self.folder_of_files(), "/d"))
        _, text = image._stat(path, "/d/a b")
        self.assertRegex(text, r"Mode:\s+0640")
        self.assertRegex(text, r"User:\s+0\s+Group:\s+0")

    def test_is_the_same_to_the_byte_the_second_time(self):
        folder = self.folder_of_files()
        first, second = self.make("i", (folder, "/d")), self.make("j", (folder, "/d"))
        with open(first, "rb") as one, open(second, "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_grows_with_its_contents(self):
        small = os.path.getsize(self.make("i", (self.path("s", b"x"), "/s")))
        large = os.path.getsize(self.make("j", (self.path("l", bytes(50 << 20)), "/l")))
        self.assertGreaterEqual(large - small, 50 << 20)

    def test_replaces_a_file_of_a_given_image(self):
        path = self.make("i", (self.path("f", b"old"), "/d/f"))
        tree = image.Tree()
        tree.add(self.path("f", b"new"), "/d/f")
        tree.add(self.path("f"), "/e/g")
        image.write_into(path, tree)
        self.check(path)
        self.assertEqual(self.contents(path, "/d/f"), b"new")
        self.assertEqual(self.contents(path, "/e/g"), b"new")

    def test_refuses_to_write_into_what_is_no_image(self):
        tree = image.Tree()
        tree.add(self.path("f", b"x"), "/f")
        with self.assertRaises(RunnerError):
            image.write_into(self.path("none", bytes(1 << 20)), tree)

    def test_refuses_a_device_and_a_dangling_link(self):
        os.symlink("nowhere", self.path("dangling"))
        for host in ("/dev/null", self.path("dangling"), self.path("absent")):
            with self.assertRaises(RunnerError):
                image.Tree().add(host, "/x")

    def test_says_why_it_cannot_get(self):
        path = self.make("i", (self.folder_of_files(), "/d"))
        for guest in ("/none", "/d", "d/link"):
            with self.assertRaises(RunnerError) as caught:
                image.get(path, guest, io.BytesIO())
            self.assertEqual(caught.exception.status, 1)
            self.assertIn(guest, str(caught.exception))
