# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools that look at the kernel: transcripts of its tests, lines that they
reach, figures, its manual."""

import struct
import subprocess

from kit import ROOT, RunnerCase

from doclib import markdown
from doclib.header import Header, HeaderError
from testlib import figures, gcov, guest
from testlib.result import FAILED, PASSED


class Transcripts(RunnerCase):
    """What a kernel test saw on two kernels."""

    SUM = "saw ep: calls: 3 answers, 0123456789abcdef\n"
    TEXT = "ok ep: calls\n" + SUM + "1 passed, 0 failed\n"

    def test_are_the_same(self):
        self.assertEqual(guest.compared("ep", self.TEXT, self.TEXT).status, PASSED)

    def test_differ_in_an_answer(self):
        for other in ("saw ep: calls: 4 answers, 0123456789abcdef\n",
                      "saw ep: calls: 3 answers, 1123456789abcdef\n", ""):
            found = guest.compared("ep", self.TEXT, self.TEXT.replace(self.SUM, other))
            self.assertEqual(found.status, FAILED)
            self.assertIn("ep: calls: other answers", found.detail)

    def test_of_a_test_that_fails_the_slow_way_is_a_failure(self):
        slow = self.TEXT.replace("ok ep", "FAIL ep").replace("1 passed, 0", "0 passed, 1")
        self.assertIn("ep: calls", guest.compared("ep", self.TEXT, slow).detail)

    def test_that_are_missing_are_a_failure(self):
        nothing = self.TEXT.replace(self.SUM, "")
        self.assertEqual(guest.compared("ep", nothing, nothing).status, FAILED)


class Cover(RunnerCase):
    """What gcov counted, over several objects."""

    @staticmethod
    def answer(name, *lines):
        found = [{"line_number": number, "count": count,
                  "branches": [{"count": n} for n in branches]}
                 for number, count, branches in lines]
        return {"files": [{"file": str(ROOT / name), "lines": found}]}

    def counts(self, *answers):
        counts = gcov.Counts(ROOT, ("tests/",))
        for answer in answers:
            counts.add(answer)
        return counts

    def test_is_the_sum_of_all_objects(self):
        counts = self.counts(self.answer("Makefile", (1, 0, []), (2, 3, [3, 0]), (3, 0, [])),
                             self.answer("Makefile", (1, 5, []), (2, 1, [0, 1]), (3, 0, [])))
        self.assertEqual(counts.row("Make"), " 66.7 % of     3  100.0 % of     2")
        self.assertAlmostEqual(counts.share("Makefile"), 200 / 3)

    def test_names_the_lines_that_are_missing(self):
        counts = self.counts(self.answer("LICENSE", (1, 0, []), (2, 1, [])))
        text = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()[0].strip()
        self.assertEqual(list(counts.missing()), ["LICENSE:1: " + text])

    def test_leaves_out_tests_and_what_is_elsewhere(self):
        counts = self.counts(self.answer("tests/README.md", (1, 1, [])),
                             self.answer("/usr/include/x.h", (1, 1, [])))
        self.assertEqual(counts.sources(), [])


class Counters(RunnerCase):
    """What a kernel counted, out of the memory of its machine."""

    SOURCE = """int chosen(int x)
{
    if (x)
        return 1;
    return 2;
}

void _start(void)
{
    for (;;)
        chosen(0);
}
"""
    BASE = 0x400000

    def compiled(self):
        """A program that counts, linked for no operating system."""
        self.path("k.c", self.SOURCE.encode())
        compile_it = ["gcc", "-O0", "-ffreestanding", "-fno-pie", "--coverage", "-fprofile-abs-path",
                      "-fprofile-info-section", "-c", "-o", "k.o", "k.c"]
        link = ["gcc", "-nostdlib", "-static", "-no-pie", "-o", "k.elf", "k.o",
                "-Wl,--defsym=__gcov_merge_add=0,-Ttext-segment=%#x,--build-id=none" % self.BASE]
        for command in (compile_it, link):
            subprocess.run(command, cwd=self.folder, check=True)
        return gcov.Counters(self.path("k.elf"), self.BASE)

    def memory(self, counters, counts):
        """The memory of a machine in which it ran: as loaded, with these counts of chosen()."""
        elf = counters.elf
        virtual, _, size = elf.place()
        memory = bytearray(size)
        for part in elf.segments():
            at, length = part["virtual"] - virtual, part["length"]
            memory[at : at + length] = elf.data[part["offset"] :][:length]
        (at,) = elf.symbols(b"__gcov0.chosen")
        struct.pack_into("<%dq" % len(counts), memory, at - virtual, *counts)
        return self.path("memory", bytes(memory))

    def test_are_summed_up_over_machines_as_gcov_reads_them(self):
        counters = self.compiled()
        for counts in ((3, 0), (2, 0)):
            counters.add(self.memory(counters, counts))
        counts = gcov.Counts(self.folder)
        counts.read(counters.write())
        lines = counts.lines["k.c"]
        self.assertEqual((lines[3], lines[4], lines[5]), (5, 0, 5))
        self.assertIn("k.c:4: return 1;", list(counts.missing()))


class Figures(RunnerCase):
    """Figures beside what has landed and what they are to reach."""

    @staticmethod
    def rows(measured, landed=None, reach=None, gates=None):
        boxes = [{name: {"value": value} for name, value in (given or {}).items()}
                 for given in (measured, landed)]
        return {row.name: row for row in figures.rows(*boxes, reach or {}, gates or {})}

    def test_are_read_from_the_benches_lines(self):
        found = {}
        figures.parse("b", "noise\n[1] bench x_1 42 instructions | all of it \n", found)
        self.assertEqual(found, {"x_1": {"value": 42, "unit": "instructions",
                                         "includes": "all of it"}})
        for text in ("nothing", "bench x_1 1 instructions | again"):
            with self.assertRaises(figures.BenchError):
                figures.parse("b", text, found)

    def test_more_than_3_percent_worse_fail(self):
        rows = self.rows({"same": 100, "little": 103, "much": 104, "better": 50},
                         {"same": 100, "little": 100, "much": 100, "better": 100})
        self.assertEqual([rows[n].problem() for n in ("same", "little", "much", "better")],
                         ["", "", "WORSE", ""])
        self.assertEqual(rows["much"].text().split(),
                         ["much", "104", "100", "+4.0", "%", "WORSE"])

    def test_that_are_gone_fail(self):
        self.assertEqual(self.rows({}, {"a": 1})["a"].problem(), "GONE")

    def test_new_ones_are_no_failure(self):
        self.assertEqual(self.rows({"a": 1})["a"].problem(), "")

    def test_over_a_gate_fail_and_over_what_to_reach_are_open(self):
        rows = self.rows({"a": 11, "b": 11, "c": 10, "d": 10}, None, {"b": 10, "d": 10},
                         {"a": 10, "c": 10})
        self.assertEqual([rows[n].problem() for n in "abcd"], ["OVER", "", "", ""])
        self.assertEqual([rows[n].remark() for n in "abcd"], ["OVER", "open", "", ""])

    def test_limits_can_stand_on_another_figure(self):
        reach = {"b": {"over": "a", "by": 5}, "c": {"over": "none", "by": 5}}
        rows = self.rows({"a": 10, "b": 16}, None, reach)
        self.assertEqual((rows["b"].reach, rows["b"].remark()), (15, "open"))
        self.assertEqual((rows["c"].reach, rows["c"].remark()), (None, "not measured"))


class Manual(RunnerCase):
    """What kernel-doc makes of a header."""

    TEXT = """/* SPDX */
/*
 * x.h - a thing.
 *
 * What it is,
 * in two lines.
 */
#define LIMIT 8u /* of something */
#define WORDS (LIMIT * 2)
#define CALL(x) ((x) + 1)

/* X(call, "in", "errors", "does") */
#define CALL_TABLE(X)   \\
    X(GO, "to, " "back", "BAD", "goes")  \\
    X(STOP, "", "", "stops")

enum call {
#define X(name, ...) OP_##name,
    CALL_TABLE(X)
#undef X
};

enum bit {
    BIT_A = 1 << 0, /* the
                     * first */
    BIT_B = 1 << 4,
};

struct pair {
    uint32_t a; /* one | two */
    uint64_t b[WORDS];
    uint8_t c;
};
"""

    def text(self, header=None):
        made = Header("x", header or self.TEXT, {})
        return "\n".join(markdown.render(made, {"GO": "12 (go)"}.get))

    def test_has_its_title_and_text(self):
        self.assertTrue(self.text().startswith("### A thing\nWhat it is, in two lines.\n"))

    def test_lists_calls_with_prefix_number_and_cost(self):
        self.assertIn("- **OP_GO** (0): goes.\n"
                      "  in: to, back · errors: BAD · cost: 12 (go)\n"
                      "- **OP_STOP** (1): stops.", self.text())

    def test_tells_values_and_what_they_mean(self):
        for line in ("| `BIT_A` | 1 | the first |", "| `BIT_B` | 16 |  |",
                     "| `LIMIT` | 8 | of something |"):
            self.assertIn(line, self.text())

    def test_places_fields_where_the_compiler_does(self):
        for line in ("| 0 | `uint32_t` | `a` | one \\| two |", "| 8 | `uint64_t[WORDS]` | `b` |  |",
                     "| 136 | `uint8_t` | `c` |  |"):
            self.assertIn(line, self.text())

    def test_refuses_a_row_that_lacks_a_column(self):
        for spoiled in (self.TEXT.replace('"BAD", ', ""), self.TEXT.replace("/* X(call", "/* (call"),
                        self.TEXT.replace("x.h - a", "a")):
            with self.assertRaises(HeaderError):
                self.text(spoiled)
