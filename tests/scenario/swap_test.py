# SPDX-License-Identifier: GPL-2.0-or-later
"""The swap server on disks that fail: pages are lost one by one, and nothing else is."""

import json
import os
import unittest
from pathlib import Path
from unittest import mock

from quirelib import machine
from testlib import guest
from testlib.result import FAILED

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
HERE = Path(__file__).resolve().parent
SYSTEM = HERE / "swap_rough.dts"


class Swap(unittest.TestCase):
    """A client that gets back what it put, or an error."""

    def survives(self, *errors):
        """Run it on a device with these errors, blkdebug's."""
        plain = machine.Machine._disk

        def damaged(*given):
            words = plain(*given)
            node = json.loads(words[1])
            file = {"driver": "blkdebug", "image": node["file"], "inject-error": list(errors)}
            node["file"] = file
            return [words[0], json.dumps(node), *words[2:]]

        with mock.patch.object(machine.Machine, "_disk", staticmethod(damaged)):
            found = guest.server_test(ARCH, SYSTEM)
        self.assertTrue(found)
        self.assertFalse(["%s: %s" % (result.name, result.detail)
                          for result in found if result.status == FAILED])

    def test_sectors_that_cannot_be_read_cost_the_pages_they_are_in(self):
        self.survives(*({"event": "read_aio", "iotype": "read", "errno": 5, "once": False,
                         "sector": sector} for sector in (9, 8 * 40 + 3, 8 * 41, 8 * 200 + 7)))

    def test_sectors_that_cannot_be_written_cost_their_places_only(self):
        self.survives(*({"event": "write_aio", "iotype": "write", "errno": 5, "once": False,
                         "sector": sector} for sector in (9, 8 * 40 + 3, 8 * 41, 8 * 200 + 7)))

    def test_a_device_that_fails_now_and_then_loses_no_page_it_could_write_twice(self):
        self.survives(*({"event": "write_aio", "iotype": "write", "errno": 5, "once": True}
                        for _ in range(5)))


if __name__ == "__main__":
    unittest.main()
