#!/bin/sh
# SPDX-License-Identifier: MIT
# install.sh BUILD: what cmake --install puts where.
set -eu
. "$(dirname "$0")/common.sh"
cmake --install "$build" --prefix "$work/usr" >/dev/null
(cd "$work/usr" && find . -type f -printf '%m %p\n' | sort -k2) >"$work/list"
diff - "$work/list" <<END || fail "other files than these are installed"
755 ./bin/analyze
755 ./bin/collect
644 ./share/bash-completion/completions/analyze
644 ./share/bash-completion/completions/collect
644 ./share/doc/oomscope/CI.md
644 ./share/doc/oomscope/GRAMMAR.md
644 ./share/doc/oomscope/INDEX.md
644 ./share/doc/oomscope/LICENSE
644 ./share/doc/oomscope/README.md
644 ./share/man/man1/analyze.1
644 ./share/man/man1/collect.1
644 ./share/oomscope/rule.schema.json
644 ./share/oomscope/verdict.v1.json
END
same "$work/usr/bin/analyze" "$bundle"
[ "$("$work/usr/bin/collect" --version)" = "collect $version" ] || fail "collect --version"
