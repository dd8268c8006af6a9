/* SPDX-License-Identifier: MIT */
/* Prints the words that analyze looks for in a log, one a line, as extended regular expressions for
 * grep -E: the comparison in part_log.py uses the table of analyze itself. */
#include "log/anchors.h"

#include <stdio.h>
#include <string.h>

int main(void)
{
    for (unsigned a = 0; a < anchors_count; a++) {
        for (const char *c = anchors[a]; *c; c++)
            if (*c == '\n')
                putchar('^');
            else
                printf(strchr(".[]()*+?{}|^$\\", *c) ? "\\%c" : "%c", *c);
        putchar('\n');
    }
    return 0;
}
