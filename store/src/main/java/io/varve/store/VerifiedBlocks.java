package io.varve.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers blocks whose checksums were found right, so that reading single events out of large
 * blocks does not sum the whole block each time. Blocks never change, so what was right stays right
 * as long as the process lives. A fixed table: a block may be forgotten, never remembered wrongly.
 * Thread-safe.
 */
final class VerifiedBlocks {
    private static final int SLOTS = 1 << 16;

    /** Last positions, plus one: 0 is an empty slot. */
    private final AtomicLongArray table = new AtomicLongArray(SLOTS);

    /** Likewise, of blocks a part of which was looked at. */
    private final AtomicLongArray visited = new AtomicLongArray(SLOTS);

    boolean contains(long lastPosition) {
        return table.getPlain(slot(lastPosition)) == lastPosition + 1;
    }

    void add(long lastPosition) {
        table.setPlain(slot(lastPosition), lastPosition + 1);
    }

    /**
     * Whether a part of a block was looked at before, as far as is remembered. Then more of it may
     * be wanted, and checking all of it once costs less than checking what is wanted each time.
     */
    boolean visit(long lastPosition) {
        int slot = slot(lastPosition);
        if (visited.getPlain(slot) == lastPosition + 1) {
            return true;
        }
        visited.setPlain(slot, lastPosition + 1);
        return false;
    }

    private static int slot(long lastPosition) {
        return (int) (lastPosition * 0x9E3779B97F4A7C15L >>> 48);
    }
}
