package io.varve.store;

import java.util.List;

/**
 * What {@link Retention#truncateBefore} has done.
 *
 * @param firstPosition the first position that is still in the log
 * @param events how many were removed
 * @param blocks how many were removed
 * @param heldBack the holds that lie before the position that was asked for, the lowest first: it
 *     is where the truncation had to end, unless the newest block, which always stays, came first,
 *     or an append with a key that goes on behind it; empty where no hold lies before it
 * @param broken the holds whose events were removed regardless, the lowest first
 */
public record Truncation(
        long firstPosition, long events, long blocks, List<Hold> heldBack, List<Hold> broken) {
    /**
     * Copies the lists.
     *
     * @param firstPosition see the record
     * @param events see the record
     * @param blocks see the record
     * @param heldBack see the record
     * @param broken see the record
     */
    public Truncation {
        heldBack = List.copyOf(heldBack);
        broken = List.copyOf(broken);
    }
}
