package io.varve.projections;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The records of a task that came too late for windows, or for a versioned table, and were dropped,
 * or to be kept by a join of streams, since the task was made. A record counts for each window that
 * it would have fallen into; one that is applied again after {@link ProjectionTask#abandon} counts
 * again. Belongs to the thread of the task.
 */
public final class LateRecords {
    private final Map<String, Long> byStore = new TreeMap<>();
    private Consumer<? super LateRecord> listener = record -> {};
    private long total;

    LateRecords() {}

    /**
     * How many there were.
     *
     * @return 0 or more
     */
    public long total() {
        return total;
    }

    /**
     * How many there were for each table.
     *
     * @return counts, 1 or more, by the name of the table's, or the join's, {@link StoreRef}; those
     *     without any are not in it. It does not change
     */
    public Map<String, Long> byStore() {
        return byStore.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(byStore));
    }

    /**
     * Sets who is told of each from now on, inside {@link ProjectionTask#process}.
     *
     * @param next instead of an earlier one; it does not throw
     */
    public void onEach(Consumer<? super LateRecord> next) {
        listener = Objects.requireNonNull(next, "next");
    }

    void add(LateRecord record) {
        total++;
        byStore.merge(record.store(), 1L, Long::sum);
        listener.accept(record);
    }
}
