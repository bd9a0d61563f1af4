package io.varve.runtime;

import java.util.List;

/**
 * What was found when a read model was held against the events of its log.
 *
 * @param projection its name
 * @param from the position that it was computed anew from: -1 for all events; otherwise that of a
 *     snapshot, which was taken as right, because the events before it are gone
 * @param position that both were compared as of; -1 where nothing was applied
 * @param tables what was found in each
 */
public record ReadModelVerification(
        String projection, long from, long position, List<TableVerification> tables) {
    /**
     * Copies the list.
     *
     * @param projection see the record
     * @param from see the record
     * @param position see the record
     * @param tables see the record
     */
    public ReadModelVerification {
        tables = List.copyOf(tables);
    }

    /**
     * Whether all rows are what the events make of them.
     *
     * @return true if none differs
     */
    public boolean isSound() {
        return tables.stream().allMatch(table -> table.different() == 0);
    }

    /**
     * How many rows were compared, those of indexes included.
     *
     * @return 0 or more
     */
    public long rows() {
        return tables.stream().mapToLong(TableVerification::rows).sum();
    }
}
