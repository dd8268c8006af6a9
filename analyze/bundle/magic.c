/* SPDX-License-Identifier: MIT */
#include "bundle/magic.h"

#include <stdint.h>

struct magic {
    size_t at;
    struct span bytes;
};

static const struct magic archives[] = {
    {0, SPAN_LIT("\x1f\x8b")}, /* gzip */
    {0, SPAN_LIT("\xfd"
                 "7zXZ\0")},           /* xz */
    {0, SPAN_LIT("\x28\xb5\x2f\xfd")}, /* zstd */
    {0, SPAN_LIT("\x04\x22\x4d\x18")}, /* lz4 frame */
    {0, SPAN_LIT("BZh")},              /* bzip2 */
    {0, SPAN_LIT("PK\3\4")},           /* zip */
    {0, SPAN_LIT("PK\5\6")},           /* zip without members */
    {257, SPAN_LIT("ustar")},          /* POSIX and GNU tar */
};

static bool magic_at(struct span head, const struct magic *magic)
{
    return span_eq(span_slice(head, magic->at, magic->at + magic->bytes.n), magic->bytes);
}

bool magic_is_zip(struct span head)
{
    return span_starts(head, "PK");
}

/* A tar of before 1988 has no magic: a header block whose checksum, six octal digits at 148, is the
 * sum of its bytes with the checksum field read as blanks. */
static bool is_old_tar(struct span head)
{
    uint32_t sum = 0, stated = 0;
    if (head.n < 512 || !head.p[0])
        return false;
    for (size_t i = 0; i < 512; i++)
        sum += i >= 148 && i < 156 ? ' ' : (unsigned char)head.p[i];
    for (size_t i = 148; i < 154; i++) {
        if (head.p[i] == ' ')
            continue;
        if (head.p[i] < '0' || head.p[i] > '7')
            return false;
        stated = stated * 8 + (uint32_t)(head.p[i] - '0');
    }
    return sum == stated;
}

bool magic_is_archive(struct span head)
{
    for (size_t i = 0; i < sizeof(archives) / sizeof(archives[0]); i++)
        if (magic_at(head, &archives[i]))
            return true;
    return is_old_tar(head);
}

/* Logs hold ESC (colours), runs of NUL (a file system after a crash) and any byte above 0x7f. The
 * other control bytes are one in eleven of a compressed file, and hardly one of a log. */
bool magic_is_text(struct span head)
{
    size_t bad = 0, blank = 0;
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        if (!c)
            blank++;
        else if ((c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' &&
                  c != 0x1b) ||
                 c == 0x7f)
            bad++;
    }
    return head.n && bad <= head.n / 32 && blank <= head.n / 2;
}

const char *magic_foreign(struct span head)
{
    static const struct {
        struct magic magic;
        const char *what;
    } foreign[] = {
        {{0, SPAN_LIT("LPKSHHRH")},
         "a journal file of systemd; give the output of journalctl --file FILE -o export"},
        {{0, SPAN_LIT("\x7f"
                      "ELF")},
         "an ELF file (a program or a core dump)"},
        {{0, SPAN_LIT("KDUMP   ")}, "a kdump core; give the output of vmcore-dmesg"},
        {{0, SPAN_LIT("7z\xbc\xaf\x27\x1c")}, "a 7z archive; unpack it and give the folder"},
        {{0, SPAN_LIT("Rar!")}, "a RAR archive; unpack it and give the folder"},
        {{0, SPAN_LIT("!<arch>\n")}, "an ar archive (a Debian package?)"},
        {{0, SPAN_LIT("\x85\x02")}, "a PGP message; decrypt it first"},
        {{0, SPAN_LIT("\x8c\x0d")}, "a GPG message; decrypt it first"},
    };
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        if (magic_at(head, &foreign[i].magic))
            return foreign[i].what;
    return NULL;
}

static const char *const compressions[] = {".gz", ".xz", ".zst", ".lz4", ".bz2"};
static const char *const packed[] = {".tar", ".tgz", ".txz", ".tbz2",
                                     ".zip", ".7z",  ".rpm", ".deb"};

static bool ends_in(struct span s, const char *const *suffixes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (span_ends(s, suffixes[i]))
            return true;
    return false;
}

bool magic_is_packed_name(struct span path)
{
    return ends_in(path, packed, sizeof(packed) / sizeof(packed[0])) ||
           ends_in(path, compressions, sizeof(compressions) / sizeof(compressions[0]));
}

struct span magic_uncompressed_name(struct span name)
{
    for (size_t i = 0; i < sizeof(compressions) / sizeof(compressions[0]); i++) {
        struct span suffix = span_of(compressions[i]);
        if (span_ends(name, compressions[i]) && name.n > suffix.n)
            return span_slice(name, 0, name.n - suffix.n);
    }
    return name;
}
