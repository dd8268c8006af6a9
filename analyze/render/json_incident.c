/* SPDX-License-Identifier: MIT */
#include "render/json.h"

#include "base/amount.h"

static json_t *moment_json(const struct moment *moment)
{
    json_t *object = json_object();
    json_set(object, "boot_us", moment->boot_known ? json_integer(moment->boot_us) : json_null());
    json_set(object, "wall_us", moment->wall_known ? json_integer(moment->wall_us) : json_null());
    if (moment->wall_known)
        json_set(object, "zone", json_string(moment->zone));
    return object;
}

static json_t *series_json(const struct series *series)
{
    json_t *object = json_object();
    json_set(object, "events", json_integer((json_int_t)series->n));
    json_set(object, "first", moment_json(&series->first));
    json_set(object, "last", moment_json(&series->last));
    json_set(object, "shortest_gap_us", json_integer(series->shortest_gap_us));
    return object;
}

static json_t *limit_json(const struct limit *limit)
{
    if (!limit->known)
        return json_null();
    json_t *object = json_object();
    json_set(object, "owner", json_evidence(limit->owner));
    json_set(object, "bytes", json_quantity(&limit->bytes));
    json_set(object, "usage_bytes", json_quantity(&limit->usage));
    return object;
}

static json_t *attribution_json(const struct pen *pen, const struct attribution *attribution)
{
    if (!attribution->known)
        return json_null();
    json_t *object = json_object(), *classes = json_array();
    json_set(object, "of", json_evidence(attribution->of));
    json_set(object, "total_bytes", json_integer(attribution->total_bytes));
    for (size_t i = 0; i < attribution->n_classes; i++) {
        const struct class_share *share = &attribution->classes[i];
        json_t *item = json_object();
        json_set(item, "class", json_string(share->name));
        json_set(item, "bytes", json_integer(share->bytes));
        json_set_places(item, pen, &share->note);
        json_array_append_new(classes, item);
    }
    json_set(object, "classes", classes);
    json_set_places(object, pen, &attribution->note);
    return object;
}

static json_t *holder_json(const struct pen *pen, const struct holder *holder)
{
    json_t *object = json_object();
    json_set(object, "kind", json_string(holder_kind_name(holder->kind)));
    json_set(object, "name", json_evidence(holder->name));
    json_set(object, "processes", json_integer(holder->processes));
    json_set(object, "pid", holder->pid ? json_integer(holder->pid) : json_null());
    json_set(object, "bytes", json_integer(holder->bytes));
    json_set(object, "share_permyriad", json_integer(holder->share));
    json_set(object, "rate_bytes_per_s", json_quantity(&holder->rate));
    json_set(object, "before_bytes", json_quantity(&holder->before_bytes));
    json_set(object, "is_victim", json_boolean(holder->is_victim));
    json_set_places(object, pen, &holder->note);
    return object;
}

static json_t *holders_json(const struct pen *pen, const struct holders *holders)
{
    if (!holders->n)
        return json_null();
    json_t *object = json_object(), *items = json_array();
    for (size_t i = 0; i < holders->n; i++)
        json_array_append_new(items, holder_json(pen, &holders->items[i]));
    json_set(object, "at", json_string(holders->at));
    json_set(object, "measure", json_string(holders->measure));
    json_set(object, "items", items);
    json_set(object, "omitted", json_integer((json_int_t)holders->omitted));
    return object;
}

static json_t *victim_json(const struct pen *pen, const struct victim *victim)
{
    if (!victim->known)
        return json_null();
    json_t *object = json_object();
    json_set(object, "comm", json_evidence(victim->comm));
    json_set(object, "pid", json_quantity(&victim->pid));
    json_set(object, "rss_bytes", json_quantity(&victim->bytes));
    json_set(object, "oom_score_adj", json_quantity(&victim->adj));
    json_set(object, "badness_pages", json_quantity(&victim->badness));
    json_set(object, "rank", json_quantity(&victim->rank));
    json_set(object, "share_permyriad", json_integer(victim->share));
    json_set(object, "killed_in_all", json_integer(victim->killed));
    json_set(object, "why", json_statements(pen, &victim->why));
    return object;
}

static json_t *ranking_json(const struct pen *pen, const struct ranking *ranking)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ranking->n; i++) {
        const struct ranked *ranked = &ranking->items[i];
        json_t *object = json_object();
        json_set(object, "role", json_string(finding_role_name(ranked->role)));
        json_set(object, "rule", json_own(ranked->finding->rule->id));
        json_set(object, "say", json_phrase(&ranked->evidence.text));
        json_set(object, "explains_bytes",
                 ranked->finding->explains_known ? json_integer(ranked->finding->explains_bytes)
                                                 : json_null());
        json_set(object, "share_permyriad", json_integer(ranked->share));
        json_set_places(object, pen, &ranked->evidence);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *unknowns_json(const struct pen *pen, const struct unknowns *unknowns)
{
    json_t *array = json_array();
    for (size_t i = 0; i < unknowns->n; i++) {
        const struct unknown *unknown = &unknowns->items[i];
        json_t *object = json_object();
        json_set(object, "question", json_own(unknown->question));
        json_set(object, "member", json_evidence(unknown->member));
        json_set(object, "reason", json_evidence(unknown->reason));
        json_set(object, "next_time", json_string(unknown->how));
        json_set(object, "rules", json_integer((json_int_t)unknown->rules));
        json_set_places(object, pen, &unknown->note);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *tick_json(const struct pen *pen, const struct tick *tick)
{
    if (!tick->what.text.n)
        return json_null();
    json_t *object = moment_json(&tick->when);
    json_set(object, "count", json_integer((json_int_t)tick->count));
    json_set(object, "text", json_phrase(&tick->what.text));
    json_set_places(object, pen, &tick->what);
    return object;
}

static json_t *timeline_json(const struct pen *pen, const struct timeline *timeline)
{
    json_t *array = json_array();
    for (size_t i = 0; i < timeline->n; i++)
        json_array_append_new(array, tick_json(pen, &timeline->items[i]));
    return array;
}

static json_t *cell_json(const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_NONE:
        return json_null();
    case CELL_EVIDENCE:
        return json_evidence(cell->text);
    case CELL_WORD:
        return json_own(cell->text);
    case CELL_UNLIMITED:
        return json_string("unlimited");
    case CELL_BYTES:
    case CELL_COUNT:
    case CELL_DURATION:
    case CELL_RATIO:
    case CELL_RATE:
        return json_integer(cell->number);
    }
    return json_null();
}

static json_t *columns_json(const struct grid *grid)
{
    json_t *array = json_array();
    for (size_t i = 0; i < grid->n_columns; i++) {
        json_t *object = json_object();
        json_set(object, "key", json_string(grid->columns[i].key));
        json_set(object, "title", json_string(grid->columns[i].title));
        json_set(object, "type", json_string(schema_type_name(grid->columns[i].type)));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *grid_json(const struct pen *pen, const struct grid *grid)
{
    json_t *object = json_object(), *rows = json_array();
    for (size_t row = 0; row < grid->n_rows; row++) {
        json_t *item = json_object(), *cells = json_array();
        for (size_t i = 0; i < grid->n_columns; i++)
            json_array_append_new(cells, cell_json(&grid->cells[row * grid->n_columns + i]));
        json_set(item, "cells", cells);
        json_set_places(item, pen, &grid->notes[row]);
        json_array_append_new(rows, item);
    }
    json_set(object, "id", json_string(grid->id));
    json_set(object, "title", json_string(grid->title));
    json_set(object, "columns", columns_json(grid));
    json_set(object, "rows", rows);
    json_set(object, "omitted", json_integer((json_int_t)grid->omitted));
    json_set(object, "remarks", json_statements(pen, &grid->remarks));
    return object;
}

static json_t *grids_json(const struct pen *pen, const struct grids *grids)
{
    json_t *array = json_array();
    for (size_t i = 0; i < grids->n; i++)
        json_array_append_new(array, grid_json(pen, &grids->items[i]));
    return array;
}

json_t *json_incident(const struct pen *pen, const struct incident *incident)
{
    static const char *const severities[] = {"notice", "warning", "critical"};
    json_t *object = json_object();
    json_set(object, "kind", json_string(incident_kind_name(incident->kind)));
    json_set(object, "scope", json_string(incident_scope_name(incident->scope)));
    json_set(object, "severity", json_string(severities[incident->severity]));
    json_set(object, "title", json_statement(pen, &incident->title));
    json_set(object, "summary", json_statement(pen, &incident->summary));
    json_set(object, "time", moment_json(&incident->when));
    json_set(object, "series", series_json(&incident->series));
    json_set(object, "limit", limit_json(&incident->limit));
    json_set(object, "attribution_at_event", attribution_json(pen, &incident->event));
    json_set(object, "attribution_at_capture", attribution_json(pen, &incident->capture));
    json_set(object, "holders", holders_json(pen, &incident->holders));
    json_set(object, "victim", victim_json(pen, &incident->victim));
    json_set(object, "why", json_statements(pen, &incident->why));
    json_set(object, "growth", json_statements(pen, &incident->growth));
    json_set(object, "ranking", ranking_json(pen, &incident->ranking));
    json_set(object, "ruled_out", json_statements(pen, &incident->ruled_out));
    json_set(object, "unknown", unknowns_json(pen, &incident->unknowns));
    json_set(object, "do", json_statements(pen, &incident->act));
    json_set(object, "dont", json_statements(pen, &incident->avoid));
    json_set(object, "steps", json_statements(pen, &incident->steps));
    json_set(object, "first_signal", tick_json(pen, &incident->first_signal));
    json_set(object, "timeline", timeline_json(pen, &incident->timeline));
    json_set(object, "tables", grids_json(pen, &incident->grids));
    return object;
}
