#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: scripts.sh
# Every shell script through shellcheck, every python one through pyflakes; which is which the first line says.
set -eu
cd "$(dirname "$0")/../.."
# lists the files of the tree whose first line matches
first_line() {
    find . \( -path './build*' -o -path ./.git -o -name '*.tar*' \) -prune -o -type f -size -200k \
        -exec awk -v is="$1" 'FNR == 1 { if ($0 ~ is) print FILENAME; nextfile }' {} +
}
shells=$(first_line '^#!.*[/ ](ba|da)?sh')
pythons=$(first_line '^#!.*python3'; find tests fixtures/lab -name '*.py')
pythons=$(echo "$pythons" | sed 's|^\./||' | sort -u)
# shellcheck disable=SC2086 # names without blanks
shellcheck --external-sources --source-path=SCRIPTDIR --source-path=. $shells
# shellcheck disable=SC2046
shellcheck --shell=bash $(find analyze collect -name '*.bash')
# shellcheck disable=SC2086
pyflakes3 $pythons
echo "$(echo "$shells" | wc -l) shell scripts, $(echo "$pythons" | wc -l) python programs"
