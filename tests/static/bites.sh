#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: bites.sh BUILD_DIR
# A file with one planted fault for each tool: a tool that finds nothing in it finds nothing anywhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd) build=$1
planted=$build/planted
rm -rf "$planted"
mkdir -p "$planted"
cat >"$planted/clang-tidy.c" <<'C'
#include <stdbool.h>
bool is_known(int state);
bool is_known(int state)
{
    return state > 1 || state > 1;
}
C
cat >"$planted/gcc.c" <<'C'
#include <stdlib.h>
int last_of(void);
int last_of(void)
{
    int *p = calloc(4, sizeof(*p));
    if (!p)
        return 0;
    free(p);
    return p[3];
}
C
cat >"$planted/cppcheck.c" <<'C'
int last_of(void);
int last_of(void)
{
    int a[2] = {1, 2};
    return a[2];
}
C
bad=0
for tool in clang-tidy gcc; do
    if "$here/each.py" "$tool" "$build" "$planted/$tool.c" >"$planted/said" 2>&1; then
        echo "$tool says nothing of $planted/$tool.c"
        cat "$planted/said"
        bad=1
    fi
done
if cppcheck --quiet --error-exitcode=1 --enable=warning "$planted/cppcheck.c" 2>"$planted/said"; then
    echo "cppcheck says nothing of $planted/cppcheck.c"
    bad=1
fi
exit $bad
