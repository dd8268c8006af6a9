#!/bin/sh
# SPDX-License-Identifier: MIT
#
# usage: names.sh LIBRARY...
# Fails when two rooms define a function of the same name: the linker of static libraries takes the first and says
# nothing where only one of the two objects is pulled in, or where another room calls the wrong one.
set -eu

twice=$(for library in "$@"; do nm "$library" 2>/dev/null; done | awk '$2 == "T" || $2 == "D" { print $3 }' | sort | uniq -d)
[ -z "$twice" ] || { echo "defined in two rooms: $twice"; exit 1; }
