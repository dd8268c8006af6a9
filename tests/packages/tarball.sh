#!/bin/sh
# SPDX-License-Identifier: MIT
# tarball.sh BUILD: the release tarball: static programs that run in an empty root, the same bytes each time.
set -eu
. "$(dirname "$0")/common.sh"
target release-tarball
name=oomscope-$version-$(uname -m)-linux
sha256sum <"$build/$name.tar.gz" >"$work/first"
target release-tarball
sha256sum <"$build/$name.tar.gz" | cmp - "$work/first" || fail "the tarball is another one the second time"

tar -C "$work" -xzf "$build/$name.tar.gz"
bin=$work/$name/bin
for program in collect analyze; do
    readelf -d "$bin/$program" 2>/dev/null | grep NEEDED && fail "$program is not static"
    readelf -l "$bin/$program" | grep INTERP && fail "$program is not static"
done
for library in libarchive libbz2 libc libjansson liblz4 liblzma libnettle libyaml libz libzstd VERSIONS; do
    [ -s "$work/$name/share/doc/oomscope/libraries/$library" ] || fail "no licence of $library"
done

# All formats, and names that are no ASCII: what a static C library does without its modules.
tar -C "$work" -xJf "$bundle" --one-top-level=tree
mkdir -p "$work/tree/sys/fs/cgroup/größe-名前.slice"
cp "$work/tree/sys/fs/cgroup/system.slice/memory.current" "$work/tree/sys/fs/cgroup/größe-名前.slice/"
tar -C "$work/tree" --format=pax -cf "$work/b.tar" .
(cd "$work/tree" && zip -qr "$work/b.zip" .)
for pack in gzip bzip2 xz zstd lz4; do
    "$pack" -c "$work/b.tar" >"$work/b.$pack" 2>/dev/null
done
for input in "$work"/b.* "$work/tree" "$source"/fixtures/*-7/bundle.tar.xz "$source"/fixtures/oom-panic-7/console.log; do
    same "$bin/analyze" "$input"
done
"$bin/analyze" --version >"$work/a"
"$build/analyze/analyze" --version | cmp - "$work/a" || fail "--version"

if [ "$(id -u)" -eq 0 ]; then
    mkdir "$work/empty"
    cp "$bin/analyze" "$bin/collect" "$work/b.zstd" "$work/empty"
    # 2: a member was added that the manifest does not name.
    chroot "$work/empty" /analyze --format json /b.zstd >"$work/a" || [ $? -eq 2 ] || fail "analyze in an empty root"
    "$build/analyze/analyze" --format json "$work/b.zstd" | cmp - "$work/a" || fail "another verdict in an empty root"
    chroot "$work/empty" /collect --version >/dev/null || fail "collect in an empty root"
fi
