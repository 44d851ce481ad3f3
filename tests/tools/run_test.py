# SPDX-License-Identifier: GPL-2.0-or-later
"""The runner against a guest that does as it is told."""

import os
import time
import unittest

from kit import RunnerCase

BLOCKS = [
    {"qdev": "/machine/peripheral/fs-disk/virtio-backend",
     "stats": {"rd_operations": 7, "wr_operations": 2}},
    {"qdev": "/machine/unattached", "stats": {"rd_operations": 1, "wr_operations": 1}},
]


def alive(pid):
    """Whether a process exists and is more than an entry to be collected."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Runner(RunnerCase):
    """Exit statuses, streams, statistics."""

    def test_ends_with_the_programs_own_status(self):
        done = self.run_guest("out hello\\n", "end exited 3", "off")
        self.assertEqual((done.returncode, done.stdout), (3, b"hello\n"))
        self.assertEqual(done.stats["exit"], {"kind": "exited", "code": 3})

    def test_tells_a_programs_125_from_its_own(self):
        done = self.run_guest("end exited 125", "off")
        self.assertEqual(done.returncode, 125)
        self.assertEqual(done.stats["exit"], {"kind": "exited", "code": 125})

    def test_adds_128_to_a_signal(self):
        done = self.run_guest("end signal 11", "off")
        self.assertEqual(done.returncode, 139)
        self.assertEqual(done.stats["exit"]["kind"], "signal")

    def test_says_no_such_program_and_not_a_program(self):
        self.assertEqual(self.run_guest("end nofile", "off").returncode, 127)
        self.assertEqual(self.run_guest("end noexec", "off").returncode, 126)

    def test_names_the_systems_failure(self):
        done = self.run_guest("end system not ext2", "off")
        self.assertEqual(done.returncode, 125)
        self.assertIn("quire: not ext2", done.said)
        self.assertEqual(done.stats["exit"]["kind"], "quire")

    def test_ends_on_a_panic_with_its_line(self):
        done = self.run_guest("log kernel: PANIC I3 broken\\n", "hang")
        self.assertEqual(done.returncode, 125)
        self.assertIn("quire: kernel: PANIC I3 broken", done.said)

    def test_ends_on_a_dead_server_with_its_line(self):
        done = self.run_guest("log quire: fatal: file died\\n", "hang")
        self.assertEqual(done.returncode, 125)
        self.assertIn("\nquire: file died", done.said)

    def test_names_a_dead_servers_own_reason(self):
        done = self.run_guest("log file: fatal: no ext2\\nquire: fatal: file died\\n", "hang")
        self.assertEqual(done.returncode, 125)
        self.assertIn("\nquire: file: no ext2", done.said)

    def test_stops_at_the_timeout_and_shows_the_last_lines(self):
        done = self.run_guest("log init: here\\n", "hang", options=["--timeout", "0.5"])
        self.assertEqual(done.returncode, 124)
        self.assertIn("init: here", done.said)
        self.assertEqual(done.stats["exit"], {"kind": "timeout", "code": 124})

    def test_fails_if_the_guest_goes_off_without_a_word(self):
        self.assertEqual(self.run_guest("off").returncode, 125)

    def test_fails_if_qemu_fails_and_says_why(self):
        done = self.run_guest("quit 1")
        self.assertEqual(done.returncode, 125)
        self.assertIn("qemu: cannot do that", done.said)

    def test_fails_on_a_report_that_is_none(self):
        done = self.run_guest("raw rubbish\\n", "hang")
        self.assertEqual(done.returncode, 125)
        self.assertIn("no record", done.said)

    def test_keeps_stdout_for_the_program_and_stderr_for_the_rest(self):
        done = self.run_guest("out a", "err b", "log init: c\\n", "end exited 0", "off")
        self.assertEqual(done.stdout, b"a")
        self.assertIn("b", done.said)
        self.assertIn("init: c", done.said)

    def test_leaves_the_firmwares_banner_out(self):
        done = self.run_guest("log OpenSBI v1\\n", "log init: c\\n", "end exited 0", "off")
        self.assertNotIn("OpenSBI", done.said)

    def test_writes_log_and_table_to_a_file(self):
        log = self.path("log")
        lines = ("log init: c\\n", "err e", "stat faults.zero 5", "end exited 0", "off")
        done = self.run_guest(*lines, options=["--log", log])
        with open(log, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(done.said, "e")
        self.assertIn("init: c", text)
        self.assertIn("zero 5", text)

    def test_loses_no_byte_of_a_large_output(self):
        done = self.run_guest("many 50331648", "end exited 0", "off")
        self.assertEqual(len(done.stdout), 50331648)

    def test_carries_standard_input_and_its_end(self):
        data = bytes(range(256)) * 3000
        done = self.run_guest("echo", "end exited 0", "off", stdin=data)
        self.assertEqual((done.returncode, done.stdout), (0, data))

    def test_collects_statistics_with_all_keys(self):
        done = self.run_guest(
            *("stat faults.zero 4", "stat messages.frame 9", "stat runs.0.exit 0"),
            *("stat runs.1.exit 1", "stat faults.zero 5", "end exited 0", "off"), stats=BLOCKS)
        self.assertEqual(done.stats["faults"]["zero"], 5)
        self.assertEqual(done.stats["faults"]["swapin"], 0)
        self.assertEqual(done.stats["messages"], {"frame": 9})
        self.assertEqual([run["exit"] for run in done.stats["runs"]], [0, 1])
        self.assertEqual(done.stats["disk"]["qemu_reads"], 7)
        self.assertEqual(done.stats["disk"]["qemu_writes"], 2)
        self.assertEqual(done.stats["mem_bytes"], 64 << 20)

    def test_shows_a_statistics_file_as_a_table(self):
        self.run_guest("stat faults.zero 1234", "end exited 0", "off")
        os.rename(self.path("stats.json"), self.path("kept.json"))
        done = self.quire("stat", self.path("kept.json"))
        self.assertIn(b"zero 1,234", done.stdout)
        self.assertEqual(self.quire("stat", self.path("x", b"{}")).returncode, 125)

    def test_keeps_the_last_image_for_get(self):
        given = self.path("f", b"contents")
        self.run_guest("end exited 0", "off", options=["--add", given + ":/d/g"])
        done = self.quire("get", "/d/g")
        self.assertEqual((done.returncode, done.stdout), (0, b"contents"))
        done = self.quire("get", "/bin/ls")
        self.assertEqual(done.stdout, b"busybox")
        done = self.quire("get", "/none")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn("/none", done.said)


    def test_leaves_no_machine_behind_when_it_is_killed(self):
        pid = self.path("pid")
        runner = self.start("pid " + pid, "hang")
        while not os.path.exists(pid) or not os.path.getsize(pid):
            self.assertIsNone(runner.poll())
            time.sleep(0.01)
        with open(pid, encoding="utf-8") as file:
            machine = int(file.read())
        runner.kill()
        runner.wait()
        for _ in range(500):
            if not alive(machine):
                return
            time.sleep(0.01)
        self.fail("the machine goes on without its runner")


class Refusals(RunnerCase):
    """What is refused before a machine is started: 125, one line with the cause."""

    def refused(self, *words, cause):
        done = self.quire(*words)
        self.assertEqual(done.returncode, 125, done.said)
        self.assertIn(cause, done.said)
        self.assertEqual(len(done.said.splitlines()), 1)

    def test_an_unknown_option(self):
        self.refused("run", "--no-such", "--", "/bin/x", cause="--no-such")

    def test_no_program(self):
        self.refused("run", cause="no program")

    def test_a_size_that_is_none(self):
        self.refused("run", "--mem", "24Q", "--", "/bin/x", cause="24Q")

    def test_an_unknown_architecture(self):
        self.refused("run", "--arch", "vax", "--", "/bin/x", cause="vax")

    def test_a_missing_host_file(self):
        self.refused("run", "--add", "/no/such", "--", "/bin/x", cause="/no/such")

    def test_a_missing_disk(self):
        self.refused("run", "--disk", "/no/such", "--", "/bin/x", cause="/no/such")

    def test_a_missing_manifest(self):
        self.refused("run", "--manifest", "/no/such", "--", "/bin/x", cause="/no/such")

    def test_a_manifest_that_does_not_compile(self):
        bad = self.path("bad.dts", b"/dts-v1/; / { x = ; };")
        self.refused("run", "--manifest", bad, "--", "/bin/x", cause="bad manifest")

    def test_a_manifest_that_names_an_image_that_is_not_there(self):
        bad = self.path("bad.dts", b'/dts-v1/; / { process { image = "nobody"; }; };')
        self.refused("run", "--manifest", bad, "--", "/bin/x", cause="nobody")

    def test_an_unknown_server_with_the_known_ones(self):
        self.refused("run", "--set", "pagr.policy=lru", "--", "/bin/x", cause="pager")

    def test_an_unknown_key_with_the_known_ones(self):
        self.refused("run", "--set", "pager.polcy=lru", "--", "/bin/x", cause="resident")

    def test_an_unknown_value_with_the_known_ones(self):
        self.refused("run", "--set", "pager.policy=best", "--", "/bin/x", cause="fifo, clock, lru")

    def test_too_little_memory_with_how_much_it_takes(self):
        self.refused("run", "--mem", "4M", "--", "/bin/x", cause="at least 9M")

    def test_a_refusal_writes_its_statistics_too(self):
        done = self.quire("run", "--add", "/no/such", "--", "/bin/x")
        self.assertEqual(done.stats["exit"], {"kind": "quire", "code": 125})
        self.assertEqual(done.stats["faults"]["zero"], 0)


if __name__ == "__main__":
    unittest.main()
