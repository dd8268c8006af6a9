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
# same PROGRAM BUNDLE: it says what the program of the build says, to the byte.
same() {
    "$1" --format json "$2" >"$work/a" || [ $? -le 1 ] || fail "$1 $2"
    "$build/analyze/analyze" --format json "$2" >"$work/b" || [ $? -le 1 ] || fail "analyze $2"
    cmp "$work/a" "$work/b" || fail "$1 says something else of $2"
}
