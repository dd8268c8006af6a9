/* SPDX-License-Identifier: MIT */
#include "derive/derive.h"

#include "derive/cgroup_tree.h"
#include "derive/commands.h"
#include "derive/crowd.h"
#include "derive/event_badness.h"
#include "derive/event_flags.h"
#include "derive/event_gfp.h"
#include "derive/event_growth.h"
#include "derive/event_repeat.h"
#include "derive/event_sums.h"
#include "derive/event_use.h"
#include "derive/event_zones.h"
#include "derive/growth.h"
#include "derive/host_use.h"
#include "derive/process.h"
#include "derive/rates.h"

/* The order matters where one reads what another computes. */
void derive_all(struct store *store)
{
    derive_event_flags(store);
    derive_event_sums(store);
    derive_event_zones(store);
    derive_event_gfp(store);
    derive_event_badness(store);
    derive_event_growth(store);
    derive_event_repeat(store);
    derive_event_use(store);
    derive_crowd(store);
    derive_host_use(store);
    derive_rates(store);
    derive_growth(store);
    derive_process(store);
    derive_commands(store);
    derive_cgroup_tree(store);
}
