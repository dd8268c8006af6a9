#!/bin/sh
# SPDX-License-Identifier: MIT
# tarball.sh CMAKE BUILD NAME SOURCE LIBRARY.a...
# Writes BUILD/NAME.tar.gz: both programs static, with their pages and schemas, and the licences of the libraries that
# are inside analyze. The same source and libraries give the same bytes.
set -eu
cmake=$1 build=$2 name=$3 source=$4
shift 4
work=$build/packaging/tarball
date=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || echo 0)}

rm -rf "$work"
"$cmake" --install "$build" --component tarball --prefix "$work/$name" >/dev/null
licences=$work/$name/share/doc/oomscope/libraries
mkdir -p "$licences"
for library in "$@" "$(${CC:-cc} -print-file-name=libc.a)"; do
    package=$(dpkg-query -S "$(readlink -f "$library")" 2>/dev/null | cut -d: -f1)
    package=${package:-$(dpkg-query -S "*/$(basename "$library")" | sed -n '1s/:.*//p')}
    cp "/usr/share/doc/$package/copyright" "$licences/$(basename "$library" .a)"
    dpkg-query -W -f '${source:Package} ${source:Version}\n' "$package"
done | sort -u >"$licences/VERSIONS"
find "$work" -exec chmod go=u,go-w {} +
tar -C "$work" --sort=name --mtime="@$date" --owner=0 --group=0 --numeric-owner --format=ustar -cf - "$name" |
    gzip -9n >"$build/$name.tar.gz"
echo "$build/$name.tar.gz"
