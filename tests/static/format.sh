#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: format.sh
# clang-format is law: every C file is as it would write it.
set -eu
cd "$(dirname "$0")/../.."
files=$(find analyze collect tests fixtures/lab -name '*.[ch]')
# shellcheck disable=SC2086  # names without blanks
clang-format --dry-run -Werror $files
echo "$(echo "$files" | wc -l) files"
