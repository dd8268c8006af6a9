/* SPDX-License-Identifier: MIT */
/* The parts of the report that are tables in a fence. */
#include "render/report.h"

#include "base/amount.h"
#include "render/table.h"

enum { HOLDERS_SHORT = 5, GRID_ROWS = 30 };

/* More than all of it: shared pages, or pages that are charged elsewhere. A number says nothing. */
static void holder_share(const struct holders *holders, int64_t share, struct buf *out)
{
    if (!holders->has_shares)
        return;
    if (share > 10000)
        buf_str(out, "> 100 %");
    else
        amount_ratio(share, out);
}

static void holder_row(struct table_text *table, size_t row, const struct holders *holders)
{
    const struct holder *holder = &holders->items[row];
    struct buf text = {0};
    table_name(holder->name, &text);
    if (holder->processes > 1 && holder->kind == HOLDER_PROCESS)
        buf_fmt(&text, " x %lld", (long long)holder->processes);
    table_text_set(table, row, 0, &text);
    amount_bytes(holder->bytes, &text);
    table_text_set(table, row, 1, &text);
    holder_share(holders, holder->share, &text);
    table_text_set(table, row, 2, &text);
    table_bar(holder->share, &text);
    table_text_set(table, row, 3, &text);
    if (holder->rate.known && holder->rate.value) {
        buf_str(&text, holder->rate.value > 0 ? "+" : "");
        amount_rate(holder->rate.value, &text);
    } else if (holder->before_bytes.known) {
        buf_str(&text, "was ");
        amount_bytes(holder->before_bytes.value, &text);
    }
    table_text_set(table, row, 4, &text);
    table_text_str(table, row, 5, holder->is_victim ? "killed" : "");
}

void section_holders(const struct pen *pen, const struct incident *incident)
{
    const struct holders *holders = &incident->holders;
    if (holders->n == 0)
        return;
    size_t n = pen->full || holders->n < HOLDERS_SHORT ? holders->n : HOLDERS_SHORT;
    struct buf text = {0}, lines = {0};
    buf_fmt(&text, "Holders at the %s, by %s:", holders->at, holders->measure);
    pen_paragraph(pen, buf_span(&text));
    struct table_text *table = table_text_new(6, n);
    table->right[1] = table->right[2] = true;
    for (size_t i = 0; i < n; i++)
        holder_row(table, i, holders);
    table_text_write(table, &lines);
    table_text_free(table);
    if (holders->n + holders->omitted > n)
        buf_fmt(&lines, "(%zu more)\n", holders->n + holders->omitted - n);
    pen_fence(pen, buf_span(&lines));
    buf_free(&text);
    buf_free(&lines);
}

static void attribution_write(const struct pen *pen, const struct attribution *attribution)
{
    if (!attribution->known)
        return;
    struct buf text = {0}, lines = {0};
    buf_fmt(&text, "Where ");
    amount_bytes(attribution->total_bytes, &text);
    buf_fmt(&text, " went at the %s", attribution->at);
    pen_places(pen, &attribution->note, &text);
    buf_char(&text, ':');
    pen_paragraph(pen, buf_span(&text));
    text.n = 0;
    struct table_text *table = table_text_new(4, attribution->n_classes);
    table->right[1] = table->right[2] = true;
    for (size_t i = 0; i < attribution->n_classes; i++) {
        const struct class_share *share = &attribution->classes[i];
        int64_t part = amount_share(share->bytes, attribution->total_bytes);
        struct buf cell = {0};
        table_text_str(table, i, 0, share->name);
        amount_bytes(share->bytes, &cell);
        table_text_set(table, i, 1, &cell);
        amount_ratio(part, &cell);
        table_text_set(table, i, 2, &cell);
        table_bar(part, &cell);
        table_text_set(table, i, 3, &cell);
    }
    table_text_write(table, &lines);
    table_text_free(table);
    pen_fence(pen, buf_span(&lines));
    buf_free(&text);
    buf_free(&lines);
}

void section_attribution(const struct pen *pen, const struct incident *incident)
{
    if (!incident->event.known && !incident->capture.known)
        return;
    pen_heading(pen, 2, SPAN_LIT("Attribution"));
    attribution_write(pen, &incident->event);
    attribution_write(pen, &incident->capture);
}

void section_grids(const struct pen *pen, const struct incident *incident)
{
    for (size_t i = 0; i < incident->grids.n; i++) {
        const struct grid *grid = &incident->grids.items[i];
        struct buf lines = {0};
        pen_heading(pen, 2, span_of(grid->title));
        for (size_t k = 0; k < grid->remarks.n; k++) {
            struct buf line = {0};
            pen_sentence(pen, &grid->remarks.items[k], &line);
            pen_paragraph(pen, buf_span(&line));
            buf_free(&line);
        }
        table_grid(grid, GRID_ROWS, &lines);
        pen_fence(pen, buf_span(&lines));
        buf_free(&lines);
    }
}
