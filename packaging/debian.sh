#!/bin/sh
# SPDX-License-Identifier: MIT
# debian.sh SOURCE OUTPUT ANALYZE COLLECT VERSION
# Lays out OUTPUT/usr as /usr of the Debian package: programs, man pages and completions under their long names.
set -eu
source=$1 output=$2 analyze=$3 collect=$4 version=$5
root=$output/usr

rm -rf "$root"
mkdir -p "$root/bin" "$root/share/man/man1" "$root/share/bash-completion/completions" "$root/share/doc/oomscope"
# A date for what is compressed, so that the same source gives the same bytes.
date=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || echo 0)}

cp "$collect" "$root/bin/oomscope-collect"
strip -o "$root/bin/oomscope-analyze" "$analyze"

# Names of programs stand behind these macros, at the start of examples and of messages; nowhere else in the pages.
for name in collect analyze; do
    sed -E -e "s/^(\.(Nm|Dt|Ql|Xr)) (collect|analyze)\b/\1 oomscope-\3/" \
        -e "s/^\.Dt (COLLECT|ANALYZE)/.Dt OOMSCOPE-\1/" \
        -e "/^\.(Dl|D1) /s/([#\$|] |@[a-z0-9]+ )(collect|analyze)\b/\1oomscope-\2/g" \
        "$source/$name/$name.1" | gzip -9n >"$root/share/man/man1/oomscope-$name.1.gz"
    sed -E -e "s/\b_$name\b/_oomscope_$name/g" -e "s/ $name\$/ oomscope-$name/" \
        "$source/$name/$name.bash" >"$root/share/bash-completion/completions/oomscope-$name"
done

cat >"$root/share/doc/oomscope/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: oomscope

Files: *
Copyright: $(sed -n 's/^Copyright (c) //p' "$source/LICENSE")
License: Expat
$(sed -e '1,/^Copyright/d' "$source/LICENSE" | sed -e '1{/^$/d}' -e 's/^$/./' -e 's/^/ /')
END
gzip -9n >"$root/share/doc/oomscope/changelog.gz" <<END
oomscope ($version) bookworm; urgency=medium

  * Release $version.

 -- The oomscope authors <oomscope@localhost>  $(date -u -R -d "@$date")
END
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f -exec chmod 644 {} +
chmod 755 "$root"/bin/*
touch "$output/stamp"
