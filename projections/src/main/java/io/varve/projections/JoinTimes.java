package io.varve.projections;

import io.varve.store.serde.Serdes;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a join of streams goes by, kept with what it keeps, so that it is the same after a restart.
 *
 * <pre>
 *   time        the latest time of a record
 *   left        that of a record that was to be kept of the left side; and right
 *   records     how many were kept
 *   unmatched   no record that has no match is earlier; missing where there is none
 * </pre>
 */
final class JoinTimes {
    private final WriteBackStore<String, Long> store;

    /** For one task. */
    JoinTimes(WriteBackStore<String, Long> store) {
        this.store = store;
    }

    /** Whose rows depend on all records. */
    static StoreDefinition<String, Long> of(StoreRef<?, ?> ref) {
        return StoreDefinition.part(
                ref,
                "time",
                Serdes.utf8(),
                Serdes.int64(),
                new StoreKind<>(false, false, Optional.empty(), false));
    }

    /** A record comes; answers the stream time with it. */
    long advance(long time) {
        return max("time", time);
    }

    /** The latest time of a record; one long before all others, if there was none. */
    long latest() {
        return get("time").orElse(Long.MIN_VALUE / 2);
    }

    /** The latest time of a side. */
    OptionalLong latest(String side) {
        return get(side);
    }

    /** A record of a side is to be kept. */
    void advance(String side, long time) {
        max(side, time);
    }

    private long max(String name, long time) {
        Row<String, Long> row = store.row(name);
        if (row.isThere() && row.value() >= time) {
            return row.value();
        }
        store.write(row, time);
        return time;
    }

    long nextNumber() {
        Row<String, Long> row = store.row("records");
        long number = row.isThere() ? row.value() : 0;
        store.write(row, number + 1);
        return number;
    }

    OptionalLong unmatched() {
        return get("unmatched");
    }

    void unmatched(OptionalLong time) {
        if (!time.equals(unmatched())) {
            store.write(store.row("unmatched"), time.isPresent() ? (Long) time.getAsLong() : null);
        }
    }

    private OptionalLong get(String name) {
        Row<String, Long> row = store.row(name);
        return row.isThere() ? OptionalLong.of(row.value()) : OptionalLong.empty();
    }
}
