# SPDX-License-Identifier: GPL-2.0-or-later
"""The runner's small parts: archive, records, sizes, manifest, test results."""

import struct

from kit import ROOT, RunnerCase

from quirelib import archive, fdt, manifest, records, sizes
from quirelib.errors import RunnerError
from testlib import result, scenario


class Archive(RunnerCase):
    """The boot archive's format."""

    def test_gives_back_what_was_put_in_order(self):
        files = [("kernel", b"k" * 5000), ("init", b""), ("a/b", b"x")]
        self.assertEqual(archive.unpack(archive.pack(files)), files)

    def test_begins_every_file_on_a_page(self):
        image = archive.pack([("a", b"A"), ("b", b"B")])
        self.assertEqual((image[4096:4097], image[8192:8193], len(image)), (b"A", b"B", 12288))

    def test_refuses_names_that_do_not_fit(self):
        for names in (["x" * 32], [""], ["a\0b"], ["a", "a"]):
            with self.assertRaises(archive.ArchiveError):
                archive.pack([(name, b"") for name in names])

    def test_refuses_a_damaged_archive(self):
        image = archive.pack([("a", b"A")])
        wild = image[:24] + struct.pack("<32sQQ", b"a", 4096, 1 << 40) + image[72:]
        for bad in (b"", b"x" * 100, image[:5000], wild):
            with self.assertRaises(archive.ArchiveError):
                archive.unpack(bad)


class Records(RunnerCase):
    """The report channel, cut anywhere."""

    STREAM = b"#err 3\nabc#stat 8\na.b 12\n\n#end 9\nexited 0\n"
    WHOLE = [("err", b"abc"), ("stat", b"a.b 12\n\n"), ("end", b"exited 0\n")]

    def test_are_the_same_however_the_stream_is_cut(self):
        for size in (1, 2, 7, 100):
            reader = records.Reader()
            found = []
            for at in range(0, len(self.STREAM), size):
                found += list(reader.feed(self.STREAM[at : at + size]))
            self.assertEqual(found, self.WHOLE)

    def test_refuse_what_has_no_header(self):
        for bad in (b"hello\n", b"#err x\n", b"#" * 100):
            with self.assertRaises(records.RecordError):
                list(records.Reader().feed(bad))


class Sizes(RunnerCase):
    """Numbers with K, M, G."""

    def test_are_powers_of_two(self):
        self.assertEqual([sizes.parse(t) for t in ("0", "3", "4K", "24M", "1G")],
                         [0, 3, 4096, 24 << 20, 1 << 30])

    def test_refuse_all_else(self):
        for bad in ("", "K", "-1", "1.5M", "4k", "4 K", "1T", "4KB"):
            with self.assertRaises(RunnerError):
                sizes.parse(bad)


class Manifests(RunnerCase):
    """Settings on top of a source."""

    def properties(self, source, server):
        tree = fdt.parse(source.tree())
        return next(node.properties for node in tree.children if node.name == server)

    def test_change_what_was_set_and_nothing_else(self):
        source = manifest.Manifest(ROOT / "boot" / "system.dts")
        before = self.properties(source, "pager")
        source.set("pager.policy=lru")
        after = self.properties(source, "pager")
        self.assertEqual(after, dict(before, policy=b"lru\0"))

    def test_carry_any_argument_unchanged(self):
        source = manifest.Manifest(ROOT / "boot" / "system.dts")
        words = ["/bin/x", 'a "b" \\n', "l\nine", "é", "", "//"]
        source.say("process", "program-0", manifest.strings(words))
        found = self.properties(source, "process")["program-0"]
        self.assertEqual(found, b"".join(word.encode() + b"\0" for word in words))

    def test_name_the_images_that_are_needed(self):
        files = manifest.Manifest(ROOT / "boot" / "system.dts").files()
        self.assertLessEqual({"frame", "file", "process", "pager"}, set(files))


class Results(RunnerCase):
    """What the test runner makes of tests' output."""

    def test_are_the_lines_with_their_kind(self):
        found = result.parse("unit", "ok a: b c\nFAIL a: d  f.c:1: no\n1 passed, 1 failed\n")
        self.assertEqual([(r.status, r.name, r.detail) for r in found],
                         [("ok", "unit a: b c", ""), ("FAIL", "unit a: d", "f.c:1: no")])

    def test_a_total_that_is_missing_or_wrong_is_a_failure(self):
        for text in ("ok a: b\n", "ok a: b\n2 passed, 0 failed\n", ""):
            self.assertEqual(result.parse("unit", text)[-1].status, result.FAILED)

    def test_a_claim_about_statistics_holds_or_not(self):
        stats = {"disk": {"reads": 3, "qemu_reads": 3}, "runs": [{"exit": 1}],
                 "exit": {"kind": "exited"}, "swap": {"in": 0}, "mem_bytes": 10}
        for claim in ("disk.reads == disk.qemu_reads", "runs.0.exit == 1", "swap.in + 1 > 0",
                      "exit.kind == 'exited'", "mem_bytes == 10"):
            self.assertTrue(scenario.holds(claim, stats), claim)
        self.assertFalse(scenario.holds("disk.reads > 3", stats))
        with self.assertRaises(KeyError):
            scenario.holds("disk.none == 0", stats)
