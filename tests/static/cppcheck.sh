#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: cppcheck.sh
# cppcheck over every C file, one at a time; what it may not say is in cppcheck.suppress, each with its reason.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
# The schema and option tables are expanded by macros that it cannot find without its own include path for each room.
cppcheck --quiet -j "$(nproc)" --error-exitcode=1 --enable=warning,performance,portability,style \
    --std=c11 --library=posix --library=gnu -D_GNU_SOURCE -I analyze -I collect -I tests/unit -I tests/laws \
    --inline-suppr --suppressions-list="$here/cppcheck.suppress" \
    --template='{file}:{line}: {severity}: {message} [{id}]' \
    analyze collect tests fixtures/lab >"$out" 2>&1 && status=0 || status=$?
grep -v '^$' "$out" || :
exit "$status"
