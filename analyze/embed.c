/* SPDX-License-Identifier: MIT */
/* embed RULES_DIRECTORY OUTPUT.c: loads the rules and writes them as C, see rule/embedded.h. A rule
 * with an error fails the build, with its place. */
#include "base/arena.h"
#include "rule/image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A literal in pieces, one for each line of the text. */
static void write_text(FILE *f, const char *name, size_t index, struct span text)
{
    fprintf(f, "static const char %s_%zu[] =\n    \"", name, index);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\n')
            fputs("\\n\"\n    \"", f);
        else if (c < ' ' || c > '~')
            fprintf(f, "\\%03o", c);
        else
            fprintf(f, c == '"' || c == '\\' || c == '?' ? "\\%c" : "%c", c);
    }
    fputs("\";\n", f);
}

static void write_rules(FILE *f, const struct ruleset *set)
{
    size_t n = ruleset_count(set);
    fputs("#include \"rule/embedded.h\"\n", f);
    for (size_t i = 0; i < n; i++) {
        struct buf image = {0};
        rule_image_write(ruleset_at(set, i), &image);
        write_text(f, "yaml", i, ruleset_at(set, i)->body->yaml);
        write_text(f, "image", i, buf_span(&image));
        buf_free(&image);
    }
    fputs("const struct embedded_rule embedded_rules[] = {\n", f);
    for (size_t i = 0; i < n; i++)
        fprintf(
            f,
            "    {\"%s\", {yaml_%zu, sizeof(yaml_%zu) - 1}, {image_%zu, sizeof(image_%zu) - 1}},\n",
            ruleset_at(set, i)->body->file, i, i, i, i);
    fprintf(f, "};\nconst size_t embedded_rule_count = %zu;\n", n);
    struct span digest = ruleset_digest(set);
    fprintf(f, "const struct span embedded_digest = {\"" SPAN_FMT "\", %zu};\n", SPAN_ARG(digest),
            digest.n);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct ruleset *set = ruleset_new(arena);
    struct err err = {0};
    bool ok = argc == 3 && ruleset_add_directory(set, argv[1], &err);
    if (argc != 3)
        fputs("usage: embed RULES_DIRECTORY OUTPUT.c\n", stderr);
    else if (!ok)
        fprintf(stderr, "%s:%u:%u: %s\n", err.source, err.line, err.column, err.text);
    FILE *f = ok ? fopen(argv[2], "w") : NULL;
    if (f)
        write_rules(f, set);
    if (ok && (!f || ferror(f) | fclose(f))) {
        fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
        ok = false;
    }
    arena_free(arena);
    return ok ? 0 : 1;
}
