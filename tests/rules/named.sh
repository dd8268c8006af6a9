#!/bin/sh
# SPDX-License-Identifier: MIT
# named.sh SOURCES: the verdict treats some rules by their id; one that is renamed would lose its place without a word.
# Each text of hyphenated words in the code of the verdict is a rule, or a word of the published schema.
set -eu
cd "$1"
bad=0 n=0
for word in $(grep -rhoE --include='*.c' '"[a-z0-9]+(-[a-z0-9]+)+"' analyze/verdict analyze/render | tr -d '"' | sort -u); do
    n=$((n + 1))
    [ -e "rules/$word.yaml" ] || grep -qF "\"$word\"" analyze/schema/verdict.v1.json ||
        { echo "$word: neither a rule nor a word of the schema"; bad=1; }
done
echo "$n words looked up"
[ "$n" -gt 20 ] && exit $bad
