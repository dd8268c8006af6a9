#!/bin/sh
# SPDX-License-Identifier: MIT
# needs.sh ANALYZE: every rule reads something, and each line is rule, fact, file.
set -eu
"$1" --needs | awk -F '\t' '
    NF != 3 || $1 == "" || $2 == "" || $3 == "" { print "not rule, fact, file: " $0; bad = 1 }
    { seen[$1] = 1 }
    END { for (r in seen) n++; print n " rules with needs"; exit bad || n == 0 }'
