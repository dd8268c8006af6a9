# SPDX-License-Identifier: MIT
"""The compressor against zlib: what it makes decodes to what went in, whatever that is."""
import os
import random
import subprocess
import unittest
import zlib

import support

SIZES = (0, 1, 3, 5, 100, 32767, 32768, 65535, 65536, 65537, 200000, 400000)


def make(rng, kind):
    n = rng.choice(SIZES)
    if kind == 0:
        return rng.randbytes(n)                                        # cannot be compressed
    if kind == 1:
        return bytes(n)                                                # one byte, all over
    if kind == 2:
        return bytes(rng.choices(b"ab", k=n))
    if kind == 3:                                                      # repeats at any distance
        return (rng.randbytes(rng.randint(1, 40000)) * 50)[:n]
    if kind == 4:
        return b"".join(b"%d %s\n" % (rng.randrange(99999), rng.choice((b"foo", b"barbaz")))
                        for _ in range(n // 10))
    fibonacci = [1, 1]                                                 # the longest codes
    while len(fibonacci) < 26:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    return bytes(rng.choices(range(26), fibonacci, k=n))


class Gzip(unittest.TestCase):
    def compress(self, data, seed):
        done = subprocess.run([os.path.join(support.PROGRAMS, "collect_gzip_pipe"), str(seed)],
                              input=data, stdout=subprocess.PIPE, check=True)
        return done.stdout

    def test_random_data(self):
        rng = random.Random(11)
        for i in range(90):
            data = make(rng, i % 6)
            for seed in (0, i + 1):
                out = self.compress(data, seed)
                self.assertTrue(zlib.decompress(out, 31) == data, (i, seed))

    def test_ratio(self):
        """Text as the kernel writes it, about as small as zlib makes it."""
        text = b"".join(b"Node %d, zone %8s %6d %6d\n" % (i % 4, b"Normal", i * 7 % 1000, i)
                        for i in range(20000))
        self.assertLess(len(self.compress(text, 0)), 1.3 * len(zlib.compress(text, 6)))

    def test_cut_after_sync(self):
        """What was synced can be read though the stream ends there."""
        text = b"a line of text\n" * 1000
        out = self.compress(text * 20, 3)
        for cut in (len(out) // 3, len(out) // 2):
            plain = zlib.decompressobj(31).decompress(out[:cut])
            self.assertTrue(plain and (text * 20).startswith(plain))


if __name__ == "__main__":
    support.main()
