/* SPDX-License-Identifier: MIT */
#include "verdict/say.h"

#include "base/amount.h"
#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

struct statement *statements_add(struct maker *m, struct statements *list)
{
    list->items = maker_room(m, list->items, list->n, &list->room, sizeof(*list->items));
    list->items[list->n] = (struct statement){0};
    return &list->items[list->n++];
}

void quote_add(struct maker *m, struct phrase *phrase, struct span evidence)
{
    phrase_add(phrase, m->arena, PIECE_EVIDENCE, evidence);
}

/* A number that people look for as it is printed: nobody searches for process 183 960. */
static bool is_label(struct ref ref)
{
    return ref_field(ref) != FIELD_NONE &&
           (span_ends(span_of(schema_field(ref_field(ref))->name), "pid") ||
            span_ends(span_of(schema_field(ref_field(ref))->name), "adj"));
}

static void value_write(struct maker *m, struct statement *statement, struct ref ref,
                        struct buf *prose)
{
    struct fact fact = store_get(m->store, ref);
    if (fact.state == FACT_UNLIMITED)
        buf_str(prose, "unlimited");
    else if (fact.state != FACT_KNOWN)
        buf_str(prose, "unknown");
    else if (fact.type == FACT_BYTES)
        amount_bytes(fact.number, prose);
    else if (fact.type == FACT_COUNT && is_label(ref))
        buf_fmt(prose, "%" PRIi64, fact.number);
    else if (fact.type == FACT_COUNT)
        amount_count(fact.number, prose);
    else if (fact.type == FACT_DURATION)
        amount_duration_us(fact.number, prose);
    else if (fact.type == FACT_RATIO)
        amount_ratio(fact.number, prose);
    else if (fact.type == FACT_RATE)
        amount_rate(fact.number, prose);
    else if (fact.type == FACT_BOOL)
        buf_str(prose, fact.number ? "yes" : "no");
    statement_cite(m, statement, ref);
}

/* Ends the run of our own words that is being gathered. */
static void prose_flush(struct maker *m, struct statement *statement, struct buf *prose)
{
    if (prose->n)
        phrase_add(&statement->text, m->arena, PIECE_PROSE, arena_copy(m->arena, buf_span(prose)));
    prose->n = 0;
}

static void evidence_flush(struct maker *m, struct statement *statement, struct buf *prose,
                           struct span evidence)
{
    prose_flush(m, statement, prose);
    quote_add(m, &statement->text, evidence);
}

static void ref_write(struct maker *m, struct statement *statement, struct ref ref,
                      struct buf *prose)
{
    struct fact fact = store_get(m->store, ref);
    if (fact.type == FACT_TEXT && fact.state == FACT_KNOWN) {
        evidence_flush(m, statement, prose, fact.text);
        statement_cite(m, statement, ref);
    } else {
        value_write(m, statement, ref, prose);
    }
}

static void counted_write(struct buf *prose, int64_t count, const char *one, const char *many)
{
    amount_count(count, prose);
    buf_char(prose, ' ');
    buf_str(prose, count == 1 ? one : many);
}

static void marker_write(struct maker *m, struct statement *statement, char marker,
                         struct buf *prose, va_list *args)
{
    int64_t count;
    const char *one;
    switch (marker) {
    case 'c':
        count = va_arg(*args, int64_t);
        one = va_arg(*args, const char *);
        counted_write(prose, count, one, va_arg(*args, const char *));
        break;
    case '}':
        ref_write(m, statement, va_arg(*args, struct ref), prose);
        break;
    case '@':
        statement_cite(m, statement, va_arg(*args, struct ref));
        break;
    case 'b':
        amount_bytes(va_arg(*args, int64_t), prose);
        break;
    case 'n':
        amount_count(va_arg(*args, int64_t), prose);
        break;
    case 'r':
        amount_ratio(va_arg(*args, int64_t), prose);
        break;
    case 'd':
        amount_duration_us(va_arg(*args, int64_t), prose);
        break;
    case 'v':
        amount_rate(va_arg(*args, int64_t), prose);
        break;
    case 's':
        evidence_flush(m, statement, prose, va_arg(*args, struct span));
        break;
    case 'p':
        evidence_flush(m, statement, prose, path_short(m, va_arg(*args, struct span)));
        break;
    case 'w':
        buf_str(prose, va_arg(*args, const char *));
        break;
    case 't':
        moment_write(va_arg(*args, const struct moment *), prose);
        break;
    default:
        buf_char(prose, marker);
    }
}

static void template_write(struct maker *m, struct statement *statement, const char *format,
                           va_list *args)
{
    struct buf prose = {0};
    for (const char *c = format; *c; c++) {
        if (*c != '{') {
            buf_char(&prose, *c);
            continue;
        }
        c++;
        marker_write(m, statement, *c, &prose, args);
        if (*c != '}')
            c++; /* the closing brace */
    }
    prose_flush(m, statement, &prose);
    buf_free(&prose);
}

struct statement *tell(struct maker *m, struct statements *list, const char *format, ...)
{
    struct statement *statement = statements_add(m, list);
    va_list args;
    va_start(args, format);
    template_write(m, statement, format, &args);
    va_end(args);
    return statement;
}

void tell_into(struct maker *m, struct statement *statement, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    template_write(m, statement, format, &args);
    va_end(args);
}
