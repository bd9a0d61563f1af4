package io.varve.runtime;

import io.varve.store.EventStore;

/** What the projections of one runtime share. */
record RuntimeContext(
        EventStore store,
        History history,
        EventRing ring,
        Sources sources,
        RuntimeConfig config,
        OpenViews views,
        SnapshotThread snapshots,
        boolean truncatedAllowed,
        Watchdog watchdog) {}
