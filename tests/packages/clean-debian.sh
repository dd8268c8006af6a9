#!/bin/bash
# SPDX-License-Identifier: MIT
# clean-debian.sh BUILD: a Debian 12 with nothing but apt installs the package with all it needs, and it works there.
# The root is made once for a build folder. Skipped (77) without root, and where no mirror answers.
set -eu
. "$(dirname "$0")/common.sh"
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "only root can make a root"
command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed"
. "$source/fixtures/lab/apt.sh"
mirror=$(mirror) || skip "no mirror"
root=$build/packages-root.tar
target deb
deb=oomscope_${version}_$(dpkg --print-architecture).deb

# With the lists of packages, so that installing asks for packages alone.
if [ ! -e "$root" ]; then
    mmdebstrap --quiet --mode=root --variant=apt --skip=cleanup/apt bookworm "$work/root.tar" "$mirror" \
        >"$work/log" 2>&1 || { tail -3 "$work/log"; skip "Debian 12 cannot be fetched here"; }
    mv "$work/root.tar" "$root"
fi
mkdir "$work/root"
tar -C "$work/root" -xf "$root" --exclude='./dev/*'
cp /etc/resolv.conf "$work/root/etc/"
cp "$build/$deb" "$bundle" "$work/root/tmp/"
inside() { chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }

inside sh -c ': >/dev/null' 2>/dev/null || mknod -m 666 "$work/root/dev/null" c 1 3
inside env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "/tmp/$deb" >"$work/log" 2>&1 ||
    { cat "$work/log"; fail "apt-get install"; }
inside oomscope-analyze --format json /tmp/bundle.tar.xz >"$work/a" || [ $? -eq 1 ] || fail "oomscope-analyze"
"$build/analyze/analyze" --format json "$bundle" | cmp - "$work/a" || fail "another verdict there"
[ "$(inside oomscope-collect --version)" = "collect $version" ] || fail "oomscope-collect --version"
inside oomscope-collect -q -o /tmp/host.tar.gz || [ $? -le 1 ] || fail "oomscope-collect"
inside oomscope-analyze /tmp/host.tar.gz >"$work/a" || [ $? -le 2 ] || fail "the host's own bundle"
grep -q '^Memory verdict: ' "$work/a" || fail "no verdict of the host's own bundle"
inside dpkg --purge oomscope >"$work/log" 2>&1 || { cat "$work/log"; fail "dpkg --purge"; }
[ -z "$(find "$work/root/usr" -name '*oomscope*')" ] || fail "files are left behind"
