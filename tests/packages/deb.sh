#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh BUILD: the Debian package, its names, its pages, and what it depends on.
set -eu
. "$(dirname "$0")/common.sh"
target deb
deb=$build/oomscope_${version}_$(dpkg --print-architecture).deb
dpkg-deb -x "$deb" "$work/root"

(cd "$work/root" && find . ! -type d -printf '%m %u:%g %p\n' | sort -k3) >"$work/list"
diff - "$work/list" <<END || fail "other files than these are in the package"
755 root:root ./usr/bin/oomscope-analyze
755 root:root ./usr/bin/oomscope-collect
644 root:root ./usr/share/bash-completion/completions/oomscope-analyze
644 root:root ./usr/share/bash-completion/completions/oomscope-collect
644 root:root ./usr/share/doc/oomscope/CI.md
644 root:root ./usr/share/doc/oomscope/GRAMMAR.md
644 root:root ./usr/share/doc/oomscope/INDEX.md
644 root:root ./usr/share/doc/oomscope/README.md
644 root:root ./usr/share/doc/oomscope/changelog.gz
644 root:root ./usr/share/doc/oomscope/copyright
644 root:root ./usr/share/man/man1/oomscope-analyze.1.gz
644 root:root ./usr/share/man/man1/oomscope-collect.1.gz
644 root:root ./usr/share/oomscope/rule.schema.json
644 root:root ./usr/share/oomscope/verdict.v1.json
END

depends=$(dpkg-deb -f "$deb" Depends)
for package in libarchive13 libc6 libjansson4 libyaml-0-2; do
    case ", $depends" in
    *", $package"*) ;;
    *) fail "it does not depend on $package: $depends" ;;
    esac
done
readelf -d "$work/root/usr/bin/oomscope-collect" 2>/dev/null | grep -q NEEDED && fail "collect is not static"
readelf -l "$work/root/usr/bin/oomscope-collect" | grep -q INTERP && fail "collect is not static"
ldd "$work/root/usr/bin/oomscope-analyze" | grep 'not found' && fail "libraries are missing"

same "$work/root/usr/bin/oomscope-analyze" "$bundle"
PATH=$work/root/usr/bin:$PATH
for name in collect analyze; do
    gzip -dc "$work/root/usr/share/man/man1/oomscope-$name.1.gz" >"$work/oomscope-$name.1"
    # A program that is not installed under this name is not to be named.
    if grep -nE "^\.(Nm|Xr|Ql|Dt) (collect|analyze)|(^|[ |])(collect|analyze) (-|[a-z]+ -)" "$work/oomscope-$name.1"; then
        fail "the page of oomscope-$name has a short name"
    fi
    mandoc -T lint "$work/oomscope-$name.1" | grep -v 'referenced manual not found' && fail "lint of oomscope-$name.1"
    "oomscope-$name" --help | grep -qi "^usage: oomscope-$name " || fail "oomscope-$name --help"
    offered=$(bash -c ". '$work/root/usr/share/bash-completion/completions/oomscope-$name'
        complete -p oomscope-$name >&2
        COMP_WORDS=(oomscope-$name --ver) COMP_CWORD=1
        _oomscope_$name oomscope-$name; echo \"\${COMPREPLY[*]}\"" 2>"$work/complete")
    [ "$offered" = --version ] || fail "completion of oomscope-$name offers '$offered'"
    grep -q "_oomscope_$name oomscope-$name\$" "$work/complete" || fail "completion of oomscope-$name"
done
oomscope-analyze --no-such 2>&1 | grep -q '^oomscope-analyze: --no-such: ' || fail "errors under the short name"
