#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing (as root), builds with gcc and clang, and passes all tests.
#   ./test.sh           everything
#   ./test.sh --quick   one build with sanitizers and its tests
set -eu
cd "$(dirname "$0")"
exec </dev/null
. ./.ci/packages.sh
# shellcheck disable=SC2086 # lists
need_packages $build_packages $test_packages

jobs=$(nproc)
step() { printf '\n== %s\n' "$*"; }

# A failing step is remembered, and the ones after it run all the same: one look at the log shows all that is wrong.
failed=
run() {
    name=$1
    shift
    step "$name"
    begun=$(date +%s)
    "$@" || failed="$failed
  $name"
    echo "($(($(date +%s) - begun)) s)"
}
build() {
    cmake --preset "$1" >"build/$1.log" 2>&1 || { cat "build/$1.log"; return 1; }
    cmake --build "build/$1" -j "$jobs" >"build/$1.log" 2>&1 || { tail -50 "build/$1.log"; return 1; }
    tail -1 "build/$1.log"
}
# tests PRESET OPTION LABELS: -L the tests with these labels, -LE those without. A step that finds no test has failed.
tests() {
    ctest --test-dir "build/$1" --no-tests=error --output-on-failure -j "$jobs" "$2" "^($3)\$"
}

mkdir -p build
run "build: gcc, AddressSanitizer, UndefinedBehaviorSanitizer" build dev
run "tests: with sanitizers" tests dev -LE 'vm|vm-quick|bench|fuzz|static'
if [ "${1:-}" != --quick ]; then
    run "build: clang" build clang
    run "tests: clang" tests clang -L unit
    run "build: release, hardened" build release
    run "tests: release" tests release -LE 'vm|vm-quick|bench|fuzz|static|unit'
    run "static analysis, format, house rules" tests dev -L static
    run "build: fuzzers" build fuzz
    run "fuzz: a bounded run" tests fuzz -L fuzz
    run "a kernel in QEMU" tests release -L vm-quick
fi

if [ -n "$failed" ]; then
    printf '\nFAILED:%s\n' "$failed"
    exit 1
fi
printf '\nall steps passed\n'
