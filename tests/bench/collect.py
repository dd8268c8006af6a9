#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: collect.py COLLECT BUILD [PROCESSES]

What a capture costs, as ratios of one run: against a bare loop that opens, reads and discards the
same files (BUILD holds collect_bare and collect_sleepers), with smemcap and sos beside it where they
are installed. Prints a table; nothing fails here but the bounds that time does not move."""
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
RATIO_MAX, RSS_MAX, SIZE_MAX = 1.15, 1 << 20, 96 << 10


def spend(*command, stdin=None, stdout=subprocess.DEVNULL):
    """Wall and CPU seconds of a command."""
    def cpu():
        r = resource.getrusage(resource.RUSAGE_CHILDREN)
        return r.ru_utime + r.ru_stime

    used, began = cpu(), time.perf_counter()
    subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began, cpu() - used


def read_bundle(path):
    names = subprocess.run(["tar", "-tf", path], stdout=subprocess.PIPE, check=True)
    end = subprocess.run(["tar", "-xOf", path, "manifest.jsonl"], stdout=subprocess.PIPE,
                         check=True).stdout.splitlines()[-1]
    rows = subprocess.run(["tar", "-xOf", path, "collect/processes.jsonl"], stdout=subprocess.PIPE,
                          check=True).stdout.splitlines()
    return names.stdout.decode().splitlines(), json.loads(end), [json.loads(r) for r in rows]


def same_files(names, rows):
    """The files that were read, once for each time they were read."""
    for name in names:
        parts = name.split("/")
        if parts[0] in ("bundle.json", "manifest", "manifest.jsonl", "collect") or \
                parts[-1] == "clocks.json" or name == "dev/kmsg":
            continue
        yield "/" + "/".join(parts[2:] if parts[0] == "samples" else parts)
    for row in rows:
        yield f"/proc/{row['pid']}/fd"


def slab_bytes():
    with open("/proc/meminfo") as f:
        return int(f.read().split("SReclaimable:")[1].split()[0]) * 1024


def best(times):
    return min(t[0] for t in times), min(t[1] for t in times)


def main():
    collect, build = sys.argv[1:3]
    count = sys.argv[3] if len(sys.argv) > 3 else "5000"
    sleepers = subprocess.Popen([os.path.join(build, "collect_sleepers"), count],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    sleepers.stdout.readline()
    folder = tempfile.TemporaryDirectory()
    bundle, listed = os.path.join(folder.name, "b.tar"), os.path.join(folder.name, "list")
    slab = slab_bytes()
    subprocess.run([collect, "-q", "-o", bundle], check=True)
    slab = slab_bytes() - slab
    names, end, rows = read_bundle(bundle)
    with open(listed, "w") as f:
        f.writelines(path + "\n" for path in same_files(names, rows))
    bare, plain, packed, others = [], [], [], {}
    for _ in range(ROUNDS):
        with open(listed) as f:
            bare.append(spend(os.path.join(build, "collect_bare"), stdin=f))
        plain.append(spend(collect, "-q", "-o", "-"))
        packed.append(spend(collect, "-q", "-z", "-o", "-"))
    if shutil.which("smemcap"):
        others["smemcap"] = spend("smemcap")
    if shutil.which("sos") or shutil.which("sosreport"):
        sos = ["sos", "report"] if shutil.which("sos") else ["sosreport"]
        others["sos -o memory,process"] = spend(*sos, "--batch", "-o", "memory,process",
                                                "--tmp-dir", folder.name)
    sleepers.communicate()

    base = best(bare)
    print(f"{len(rows)} processes, {sum(1 for _ in open(listed))} files\n")
    print(f"{'':24} {'wall s':>8} {'ratio':>7} {'cpu s':>8} {'ratio':>7}")
    for label, (wall, cpu) in (("bare loop", base), ("collect", best(plain)),
                               ("collect -z", best(packed)), *others.items()):
        print(f"{label:24} {wall:8.3f} {wall / base[0]:7.2f} {cpu:8.3f} {cpu / base[1]:7.2f}")
    footprint, size = end["footprint"], os.path.getsize(collect)
    rss = footprint["peak_rss_bytes"]
    print(f"\npeak RSS {rss // 1024} KiB (helper {footprint['helper_peak_rss_bytes'] // 1024} KiB),"
          f" program {size / 1024:.1f} KiB")
    print(f"slab growth of the first capture: {slab / len(rows):.0f} bytes a process;"
          f" {footprint['inodes'] / len(rows):.1f} inodes a process")
    wall = best(plain)[0] / base[0]
    print(f"\nbounds: ratio {wall:.2f} of {RATIO_MAX}, RSS {rss / RSS_MAX:.2f},"
          f" size {size / SIZE_MAX:.2f} of what is allowed")
    sys.exit(rss > RSS_MAX or size > SIZE_MAX)


if __name__ == "__main__":
    main()
