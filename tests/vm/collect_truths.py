#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: collect_truths.py SCENARIO BUNDLE: what a scenario of collect-scenarios/ must have left."""

import json
import sys

sys.dont_write_bytecode = True
from truths import manifest_lines, read_members  # noqa: E402


def counter(data, member, key):
    for line in data[member].decode().splitlines():
        if line.startswith(key + " "):
            return int(line.split()[1])
    raise AssertionError(f"{member}: no {key}")


def complete(lines, data):
    end = lines[-1]
    assert end["end"] is True and end["complete"] is True, end
    bad = [l for l in lines if l.get("status") in ("error", "timeout", "abandoned", "over-budget")]
    assert not bad, bad[:3]
    tables = {l["table"]: l for l in lines if "table" in l}
    assert tables["processes"]["complete"] and tables["cgroups"]["complete"], tables
    assert end["footprint"]["peak_rss_bytes"] <= 1 << 20, end["footprint"]
    processes = [json.loads(l) for l in data["collect/processes.jsonl"].splitlines()]
    assert any(p.get("open_files") for p in processes), "no open file was counted"
    assert b"Killed process" in data["dev/kmsg"]
    assert b"(collect)" not in data["dev/kmsg"], "the collector was killed"


def capture_in_oom(lines, data):
    complete(lines, data)
    before = counter(data, "proc/vmstat", "oom_kill")
    after = counter(data, "samples/1/proc/vmstat", "oom_kill")
    print(f"kills before and after: {before} {after}")
    assert before >= 2 and after > before, "nobody was killed during the capture"
    assert data["dev/kmsg"].count(b": Killed process") >= 2


def watch_oom(lines, data):
    complete(lines, data)
    header = json.loads(data["bundle.json"])
    assert header["options"]["watch"] is True
    assert header["watch"] == {"trigger": "oom", "coalesced": 0}, header["watch"]
    ring = sorted(n for n in data if n.startswith("before/") and n.endswith("/clocks.json"))
    assert len(ring) >= 3, ring
    first = json.loads(data["before/1/clocks.json"])["monotonic_ns"]
    assert first < header["clocks"]["monotonic_ns"]
    assert counter(data, "before/1/proc/vmstat", "oom_kill") == 0
    assert counter(data, "proc/vmstat", "oom_kill") == 1
    limit = [n for n in data if n.endswith(("memory.max", "memory.limit_in_bytes")) and "batch" in n]
    assert limit and data[limit[0]] == b"41943040\n", limit


def small_group(lines, data):
    # The emulated processor is slow: memory.stat of the rest may take more than its second.
    cut = {l["member"] for l in lines if l.get("status") in ("error", "timeout", "abandoned", "over-budget")}
    assert all(name.endswith("/memory.stat") for name in cut), cut
    tables = {l["table"]: l for l in lines if "table" in l}
    assert tables["processes"]["complete"] and tables["cgroups"]["complete"], tables
    assert tables["cgroups"]["seen"] == tables["cgroups"]["captured"] >= 2000, tables
    assert lines[-1]["footprint"]["peak_rss_bytes"] <= 1 << 20, lines[-1]
    sizes = [n for n in data if n.startswith("sys/fs/cgroup/crowd.slice/w") and n.endswith("/memory.current")]
    assert len(sizes) == 100 * 20, len(sizes)
    assert b"Killed process" not in data["dev/kmsg"]


CHECKS = {"small-group": small_group, "capture-in-oom": capture_in_oom, "watch-oom": watch_oom, "watch-oom-v1": watch_oom}


def main():
    scenario, path = sys.argv[1:3]
    members = read_members(path)
    CHECKS[scenario](manifest_lines(members), dict(members))
    print(f"{scenario}: {len(members)} members")


if __name__ == "__main__":
    main()
