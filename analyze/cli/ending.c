/* SPDX-License-Identifier: MIT */
#include "cli/ending.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_meant;

static void check(void)
{
    if (!is_meant)
        _exit(2);
}

void ending_guard(void)
{
    if (atexit(check))
        _exit(2);
}

void ending_exit(int code)
{
    is_meant = true;
    exit(code);
}
