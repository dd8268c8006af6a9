# SPDX-License-Identifier: MIT
# Sourced by the tests here: BUILD is the only argument of each.
build=$1
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^project(oomscope VERSION \([^ ]*\).*/\1/p' "$source/CMakeLists.txt")
bundle=$source/fixtures/cgroup-oom-6.12/bundle.tar.xz
fail() { echo "FAILED: $*" >&2; exit 1; }
target() { cmake --build "$build" --target "$1" >"$work/log" 2>&1 || { cat "$work/log"; fail "target $1"; }; }
# same PROGRAM BUNDLE: it says what the program of the build says, to the byte, and with the same exit code.
same() {
    got=0 wanted=0
    "$1" --format json "$2" >"$work/got" || got=$?
    "$build/analyze/analyze" --format json "$2" >"$work/wanted" || wanted=$?
    [ "$got" -eq "$wanted" ] || fail "$1 exits with $got instead of $wanted over $2"
    [ -s "$work/got" ] && cmp "$work/got" "$work/wanted" || fail "$1 says something else of $2"
}
