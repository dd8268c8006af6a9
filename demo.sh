#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing (as root), builds, captures this host and prints the verdict; then a recorded incident.
set -eu
cd "$(dirname "$0")"
. ./.ci/packages.sh
# shellcheck disable=SC2086 # a list
need_packages $build_packages

mkdir -p build
echo "building in build/demo"
build() { cmake --preset release -B build/demo -DBUILD_TESTING=OFF && cmake --build build/demo -j "$(nproc)"; }
build >build/demo.log 2>&1 || { tail -50 build/demo.log; exit 1; }
collect=build/demo/collect/collect analyze=build/demo/analyze/analyze

# analyze exits 1 when a rule matched: that is a verdict, not a failure.
verdict() {
    status=0
    "$analyze" "$@" || status=$?
    [ "$status" -le 1 ] || exit "$status"
}

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
printf '\n== this host: collect -o %s/host.tar.gz; analyze %s/host.tar.gz\n\n' "$out" "$out"
status=0
"$collect" -o "$out/host.tar.gz" || status=$?
[ "$status" -le 1 ] || exit "$status"
verdict "$out/host.tar.gz"

incident=fixtures/ancestor-limit-oom-6.12
printf '\n== a recorded incident: analyze %s\n\n' "$incident"
verdict --format markdown "$incident"/bundle.tar.*
