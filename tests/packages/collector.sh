#!/bin/sh
# SPDX-License-Identifier: MIT
# collector.sh BUILD: the preset of the collector alone needs no library, and makes the same program.
set -eu
. "$(dirname "$0")/common.sh"
cmake -S "$source" -B "$work/build" --preset collector -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "the preset cannot be configured"; }
cmake --build "$work/build" --target collect-program >"$work/log" 2>&1 || { cat "$work/log"; fail "it does not build"; }
readelf -l "$work/build/collect/collect" | grep INTERP && fail "collect is not static"
cmp "$work/build/collect/collect" "$build/collect/collect" || fail "another program than that of the release"
