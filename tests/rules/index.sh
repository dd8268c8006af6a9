#!/bin/sh
# SPDX-License-Identifier: MIT
# index.sh ANALYZE RULES_DIR: the catalogue in the repository is the one that analyze prints.
set -eu
if "$1" --list-rules --format markdown | diff -u "$2/INDEX.md" -; then
    exit 0
fi
echo "rules/INDEX.md is old; write it anew: analyze --list-rules --format markdown >rules/INDEX.md"
exit 1
