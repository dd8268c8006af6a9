#!/bin/sh
# SPDX-License-Identifier: MIT
# rooms.sh CC BUILD_DIR: a file of one room that includes a header of a room it may not use does not compile.
# The table is design, not taken from CMake: who may include whom, one way.
set -eu
cc=$1 views=$2/analyze/view here=$(cd "$(dirname "$0")/../.." && pwd)
allowed() {
    case $1 in
    base) echo base ;;
    fact) echo fact base ;;
    bundle) echo bundle base ;;
    log) echo log fact base ;;
    parse) echo parse log fact bundle base ;;
    derive) echo derive fact base ;;
    rule) echo rule fact base ;;
    verdict) echo verdict rule fact base ;;
    render) echo render verdict rule fact base ;;
    esac
}
bad=0 tried=0
for room in base fact bundle log parse derive rule verdict render; do
    for other in base fact bundle log parse derive rule verdict render; do
        for header in "$here/analyze/$other"/*.h; do break; done
        [ -e "$header" ] || continue
        header=$other/${header##*/}
        expected=refused
        for name in $(allowed $room); do [ "$name" != "$other" ] || expected=compiles; done
        if printf '#include "%s"\n' "$header" | "$cc" -std=gnu17 -fsyntax-only -I "$views/$room" -x c - 2>/dev/null; then
            result=compiles
        else
            result=refused
        fi
        tried=$((tried + 1))
        [ $result = $expected ] || { echo "$room including $header: $result, expected: $expected"; bad=1; }
    done
done
if grep -rnE '#include "(\.\./|/)' "$here/analyze" "$here/collect" --include='*.[ch]' | grep -v '"\.\./collect/bundle\.h"'; then
    echo "an include leaves its room by a relative path"
    bad=1
fi
echo "$tried pairs of rooms tried"
exit $bad
