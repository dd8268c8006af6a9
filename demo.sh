#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing (as root), builds, captures this host and prints the verdict; then a recorded incident.
set -eu
cd "$(dirname "$0")"
. ./.ci/packages.sh
# shellcheck disable=SC2086 # a list of words
need_packages $build_packages

mkdir -p build
echo "building in build/demo"
build() { cmake --preset release -B build/demo -DBUILD_TESTING=OFF && cmake --build build/demo -j "$(nproc)"; }
build >build/demo.log 2>&1 || { tail -50 build/demo.log; exit 1; }
collect=build/demo/collect/collect analyze=build/demo/analyze/analyze host=build/demo/host.tar.gz

# Prints a command and runs it. Status 1 of collect is a bundle that lacks something; of analyze, that a rule matched;
# 2 of analyze, a verdict over evidence that lacks something. All of them are worth a look, and no failure.
show() {
    most=$1
    shift
    printf '\n$ %s\n' "$*"
    status=0
    "$@" || status=$?
    [ "$status" -le "$most" ] || exit "$status"
}

printf '\n== This host: capture it, and read the bundle. Both programs could run on different machines.\n'
rm -f "$host"
show 1 "$collect" -o "$host"
show 2 "$analyze" "$host"

printf '\n== An incident that was recorded on a real kernel; fixtures/ancestor-limit-oom-6.12/CASE.md tells what was done.\n'
show 2 "$analyze" fixtures/ancestor-limit-oom-6.12/bundle.tar.xz

cat <<END

== Further: the same for a ticket, the evidence for one rule, and every fact with its line
\$ $analyze --markdown ticket.md $host
\$ $analyze --explain ancestor-limit-oom fixtures/ancestor-limit-oom-6.12/bundle.tar.xz
\$ $analyze --facts $host
END
