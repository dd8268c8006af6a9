# SPDX-License-Identifier: MIT
"""A hundred thousand processes, more than the budgets allow."""
import gzip
import os
import tempfile
import unittest

import support
from support import Bundle, run


class Multitude(unittest.TestCase):
    COUNT = 100000

    def test_a_hundred_thousand(self):
        """More than the budgets allow: most of them, the files of the host behind them, and the truth
        about the rest."""
        shm = "/dev/shm" if os.path.isdir("/dev/shm") else None
        with tempfile.TemporaryDirectory(dir=shm) as root:
            for name, text in (("stat", "7 (x) S" + " 0" * 18 + " 7\n"),
                               ("status", "Name:\tx\nState:\tS (sleeping)\nVmRSS:\t9 kB\n"),
                               ("slabinfo", "slabinfo - version: 2.1\n")):
                with open(os.path.join(root, name), "w") as f:
                    f.write(text)
            os.mkdir(os.path.join(root, "proc"))
            os.rename(os.path.join(root, "slabinfo"), os.path.join(root, "proc/slabinfo"))
            for pid in range(1, self.COUNT + 1):
                folder = f"{root}/proc/{pid}"
                os.mkdir(folder)
                os.link(f"{root}/stat", folder + "/stat")
                os.link(f"{root}/status", folder + "/status")
            out = os.path.join(root, "b.tar.gz")
            done = run("-q", "-o", out, "--root", root, "--bytes", "64M",
                       "--slab", "1G")
            self.assertEqual(done.returncode, 1, done.stderr)
            with gzip.open(out) as f:
                bundle = Bundle(f.read())
        table = bundle.tables["processes"]
        self.assertFalse(table["complete"])
        self.assertIn("--bytes", table["detail"])
        self.assertGreater(table["captured"], 10000)
        for behind in ("proc/slabinfo", "samples/1/clocks.json"):
            self.assertIn(behind, bundle.data)
        footprint = bundle.end["footprint"]
        if not support.PROGRAM.endswith("native"):
            self.assertLessEqual(footprint["peak_rss_bytes"], 1 << 20)


if __name__ == "__main__":
    support.main()
