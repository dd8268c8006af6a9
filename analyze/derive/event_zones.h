/* SPDX-License-Identifier: MIT */
#ifndef OOMSCOPE_DERIVE_EVENT_ZONES_H
#define OOMSCOPE_DERIVE_EVENT_ZONES_H

#include "fact/store.h"

/* The arithmetic of __zone_watermark_ok for each zone of a Mem-Info, of the killer's or of a failed
 * allocation's: which zones the request could use, how much each must keep, whether it was below
 * that, and whether a block of the size asked for was free. Sets oom_events.highest_zone,
 * zones_below_min, zones_eligible, zones_fit, free_blocks and oom_zones.eligible, reserve,
 * below_min, largest_free_order, free_at_order; the same of alloc_failures and failure_zones. */
void derive_event_zones(struct store *store);

#endif
