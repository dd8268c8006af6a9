#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nobody breaks out of a report: names and lines that are markup, escapes or bad UTF-8 come out as
code in markdown (by a real CommonMark renderer), as visible characters on a terminal, and as plain
ASCII strings in JSON."""
import os
import re
import subprocess
import unicodedata
import xml.etree.ElementTree as ElementTree

from support import Bundle, SOURCES, Test, entry, json, main, run

MARK = "EVIL"  # in each hostile text, to find it again
HOSTILE = [
    b"`EVIL", b"EVIL``` x", b"a`EVIL``c", b"EVIL\\", b"\\`EVIL\\`", b"EVIL\\x0a# h", b"<b>EVIL</b>",
    b"<!--EVIL", b"<script>EVIL</script>", b"@EVIL/x", b"#1 EVIL", b"|EVIL|b|", b"[EVIL](http://e)",
    b"![EVIL](x)", b"http://EVIL.e/", b"**EVIL**", b"~~~EVIL", b"    EVIL", b"EVIL&lt;&#96;", b"> EVIL",
    b"\x1b[31mEVIL\x1b]0;t\x07", b"EVIL\x9b31m", b"EVIL\xc2\x9b31m", b"\xe2\x80\xaeEVIL\xe2\x81\xa6",
    b"\xff\xfeEVIL\x80", b"EVIL\xe2\x80\xa8b", b"EVIL\rb", b"EVIL\x00b", b"EVIL\x7f\x08\x08",
    b"\xed\xa0\x80EVIL", b"EVIL\xef\xbb\xbf", b"EVIL\xf3\xa0\x81\x81", b"$(EVIL)", b"EVIL'\"",
    b"x" * 300 + b"EVIL", b"::set-output name=EVIL::1", b"EVIL\n\n# heading\n", b"EVIL\n```\n<b>",
]


def hostile_bundle(texts):
    """Four texts as the names of two processes, the cgroup and the host, in member names too."""
    bundle = Bundle()
    bundle.shrink(lambda n: n in ("dev/kmsg", "proc/meminfo", "proc/zoneinfo") or n.startswith((
        "proc/205/", "proc/203/", "samples/1/proc/205/", "samples/2/proc/205/",
        "sys/fs/cgroup/kubepods.slice")) or n.endswith("clocks.json"))
    for name, data in list(bundle.members.items()):
        if name.startswith("manifest"):
            continue
        for i, old in enumerate((b"log-sidecar", b"main-app", b"node-1")):
            text = texts[i % len(texts)]
            if name == "dev/kmsg":  # as printk escapes it
                text = text.replace(b"\n", b"\\x0a").replace(b"\0", b"\\x00")
            elif name == "bundle.json":
                text = json.dumps(text.decode("latin-1"))[1:-1].encode()
            else:  # as /proc/PID/status does
                text = text.replace(b"\n", b"\\n")
            data = data.replace(old, text)
        bundle.members[name] = data
    folder = texts[-1].replace(b"/", b"_").replace(b"\0", b"_")
    return bundle.rename({b"pod7f3c1d52": b"pod" + folder})


def outside_code(node):
    """Text of a CommonMark tree that is not code, and the kinds of its nodes."""
    kinds, texts = set(), []
    for element in node.iter():
        kind = element.tag.split("}")[1]
        kinds.add(kind)
        if kind not in ("code", "code_block"):
            texts.append(element.text or "")
    return kinds, "".join(texts)


class Output(Test):
    def rendered(self, markdown):
        done = subprocess.run(["cmark", "--to", "xml"], input=markdown, capture_output=True,
                              check=True)
        return ElementTree.fromstring(re.sub(rb"[\0-\x08\x0b-\x1f]", b"?", done.stdout))

    def check_markdown(self, markdown):
        tree = self.rendered(markdown)
        kinds, prose = outside_code(tree)
        self.assertEqual(len([n for n in tree.iter() if n.get("level") == "1"]), 1)
        self.assertNotIn(MARK, prose)
        self.assertFalse({"html_inline", "html_block", "link", "image", "block_quote"} & kinds,
                         kinds)
        self.assertNotIn("http", prose)
        self.assertEqual(prose.count("Memory verdict"), 1)
        self.check_characters(markdown)

    def check_characters(self, text):
        for c in text.decode("utf-8"):  # strict: it must be UTF-8
            if c != "\n":
                self.assertNotIn(unicodedata.category(c), ("Cc", "Cf", "Cs", "Zl", "Zp"), repr(c))

    def check_json(self, text):
        self.assertTrue(text.isascii())
        self.assertFalse(re.search(rb"[\0-\x09\x0b-\x1f\x7f]", text))
        verdict = json.loads(text)
        all_of_them = "\n\n".join(sentences(verdict))
        kinds, prose = outside_code(self.rendered(all_of_them.encode()))
        self.assertNotIn(MARK, prose)
        self.assertFalse({"html_inline", "html_block", "link", "image"} & kinds, kinds)

    def check(self, path, *args):
        self.assertIn(MARK.encode(), run("--facts", path).out)
        for options in ((), ("--full",)):
            done = run("--format", "markdown", *options, *args, path)
            self.assertIn(done.code, (0, 1, 2), done.err)
            self.check_markdown(done.out)
            self.check_characters(run("--format", "text", *options, *args, path).out)
        self.check_json(run("--format", "json", *args, path).out)
        for line in run("--facts", path).out.splitlines():
            self.assertTrue(line.isascii())
            json.loads(line)

    def test_names(self):
        shown = set()
        for i in range(0, len(HOSTILE), 4):
            texts = HOSTILE[i:i + 4]
            with self.subTest(texts):
                path = self.write(hostile_bundle(texts).tar())
                self.check(path)
                shown.add(run("--format", "markdown", "--full", path).out.count(MARK.encode()) > 20)
        self.assertEqual(shown, {True})  # the reports did show them

    def test_lines_of_programs(self):
        """application-enomem quotes what a program wrote."""
        lines = b"".join(b"Mar  4 11:02:%02d host EVIL[1]: " % i + text.replace(b"\n", b" ") +
                         b" EVIL: Cannot allocate memory\n" for i, text in enumerate(HOSTILE[:36]))
        path = self.write(lines, "EVIL`<b>.log")
        done = run("--format", "markdown", "--full", path)
        self.check_markdown(done.out)
        self.check_characters(run("--format", "text", "--full", path).out)
        self.check_json(run("--format", "json", path).out)

    def test_member_names_in_observations(self):
        bundle = Bundle().small()
        names = [t.decode("utf-8", "surrogateescape").replace("\0", "") for t in HOSTILE]
        extra = [(entry(n, 0, b"2", "/etc/passwd"), b"") for n in names]
        extra += [(entry("proc/../" + n, 1), b"x") for n in names]
        extra += [(entry("proc/meminfo", 1), b"x"), (entry(names[0] + ".tar.gz", 1), b"x")]
        path = self.write(bundle.tar(extra))
        self.check_markdown(run("--format", "markdown", "--full", path).out)
        self.check_characters(run("--format", "text", "--full", path).out)
        self.check_json(run("--format", "json", path).out)

    def test_rules_of_other_people(self):
        """What is not printable in a rule is refused, or printed visibly."""
        with open(os.path.join(SOURCES, "rules/fork-under-pressure.yaml"), encoding="utf-8") as file:
            rule = file.read().replace("fork-under-pressure", "a-test")
        os.mkdir(self.path("rules"))
        log = self.write(b"Mar  4 11:02:17 node redis[2210]: fork: Cannot allocate memory\n", "log")
        for title in ('"a\\x1b[31mred"', '"a\\u202eb"', '"a\\nb"', '"a\\x9bb"', '"a\\0b"'):
            with open(self.path("rules/a-test.yaml"), "w", encoding="utf-8") as file:
                file.write(rule.replace("A fork failed for want of memory", title, 1))
            for options in (["--format", "text"], ["--format", "markdown", "--full"],
                            ["--list-rules"], ["--explain", "a-test"]):
                done = run("--rules", self.path("rules"), *options, log)
                self.check_characters(done.out)
                self.check_characters(done.err.encode("utf-8", "surrogateescape"))

    def test_names_of_files_in_errors(self):
        for name in (b"\x1b[31mx", b"a\nb", b"\xe2\x80\xaex"):
            done = run(os.path.join(self.folder.encode(), name).decode("utf-8", "surrogateescape"))
            self.assertEqual(done.code, 2)
            self.check_characters(done.err.encode())

    def test_numbers_that_no_kernel_prints(self):
        """What is below zero, or larger than any memory, is said and not reckoned with."""
        bundle = Bundle().small()
        bundle.put("proc/meminfo", b"MemTotal: 8192 kB\nMemFree: -1 kB\nMemAvailable: 9223372036854775807 kB\n")
        most = b"9223372036854775807"
        rows = (b"[      7]     0     7       50       10 %s %s %s       -1             0 a" % (most, most, most),
                b"[      8]     0     8       50       10 %s %s %s        0             0 b" % (most, most, most))
        head = b"[  pid  ]   uid  tgid total_vm      rss nr_ptes nr_pmds nr_puds swapents oom_score_adj name"
        lines = (b"a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0", b"Mem-Info:",
                 b"Tasks state (memory values in pages):", head, *rows,
                 b"Out of memory: Killed process 8 (b) total-vm:200kB, anon-rss:40kB, file-rss:0kB, shmem-rss:0kB")
        bundle.put("var/log/kern.log", b"".join(b"[  100.000001] %s\n" % line for line in lines))
        verdict = self.analyze(bundle.tar())
        for key in ("MemFree", "MemAvailable"):
            self.observed(verdict, "malformed", f"is not what the kernel prints there: {key}", "proc/meminfo")
        self.observed(verdict, "malformed", "does not have the columns of its header", "var/log/kern.log", 1)

    def test_ndjson_and_check(self):
        path = self.write(hostile_bundle([b"EVIL\x1b[31m\n"]).tar(), "a\nb\x1b[31m")
        done = run("--ndjson", path)
        self.assertEqual(done.out.count(b"\n"), 1)
        self.assertTrue(done.out.isascii())
        os.mkdir(self.path("c\x1b[31m"))
        os.rename(path, self.path("c\x1b[31m/bundle"))
        self.write(b"bundle: bundle\nexit: 0\n", "c\x1b[31m/expect.yaml")
        for form in ("tap", "junit"):
            self.check_characters(run("check", "--format", form, self.folder).out)


def sentences(node):
    """Strings of the JSON that are CommonMark: what is under "text" and "say" without "lossy"."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("say", "title", "text", "headline") and isinstance(value, str) and \
                    "lossy" not in node and "kind" not in node and "comm" not in node:
                yield value
            yield from sentences(value)
    elif isinstance(node, list):
        for value in node:
            yield from sentences(value)


if __name__ == "__main__":
    main()
