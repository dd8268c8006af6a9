# SPDX-License-Identifier: MIT
# Sourced by demo.sh and test.sh: the Debian packages that each needs, and the one way to get them.

build_packages="gcc libc6-dev cmake ninja-build pkg-config musl-tools libarchive-dev libjansson-dev libyaml-dev"
test_packages="libcmocka-dev git clang clang-tidy clang-format libclang-rt-14-dev cppcheck shellcheck pyflakes3 strace mandoc
  cmark jq time
  python3 python3-jsonschema python3-yaml libarchive-tools busybox-static cpio e2fsprogs qemu-system-x86
  gzip bzip2 xz-utils zstd lz4 zip dpkg-dev file
  libzstd-dev liblz4-dev libbz2-dev liblzma-dev zlib1g-dev nettle-dev mmdebstrap"

# need_packages NAME...: installs what is missing when it may, else says what is missing and fails.
need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing Debian packages:$missing" >&2
        echo "as root: apt-get install --no-install-recommends$missing" >&2
        return 1
    fi
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    mkdir -p build
    { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >build/apt.log 2>&1 ||
        { tail -20 build/apt.log >&2; return 1; }
}
