package io.varve.projections;

import io.varve.store.serde.Serdes;
import io.varve.store.state.StateView;

/**
 * The latest time of the records that came to a node, kept beside its store, so that it is the same
 * after a restart.
 *
 * <pre>
 *   time       s64, milliseconds since 1970
 *   time/N     of the other nodes that share the store, from 1
 * </pre>
 */
final class StreamTime {
    private static final String TIME = "time";

    private final WriteBackStore<String, Long> store;
    private final String key;

    /** For one task. */
    StreamTime(WriteBackStore<String, Long> store) {
        this(store, 0);
    }

    /** For one task, of one of the nodes that share the store. */
    StreamTime(WriteBackStore<String, Long> store, int node) {
        this.store = store;
        this.key = node == 0 ? TIME : TIME + "/" + node;
    }

    /** The part of a store that keeps it. */
    static StoreDefinition<String, Long> partOf(StoreDefinition<?, ?> store) {
        return store.part(TIME, Serdes.utf8(), Serdes.int64(), StoreKind.plain());
    }

    /** The latest time so far; the smallest long before the first record. */
    long latest() {
        Long time = store.row(key).value();
        return time == null ? Long.MIN_VALUE : time;
    }

    /** The same as it is committed, of a store that one node has. */
    static long latest(StoreDefinition<?, ?> store, StateView view) {
        return new StoreReader<>(partOf(store), view, () -> {}).get(TIME).orElse(Long.MIN_VALUE);
    }

    /** A record comes; answers the stream time with it. */
    long advance(long timestamp) {
        Row<String, Long> row = store.row(key);
        if (row.isThere() && row.value() >= timestamp) {
            return row.value();
        }
        store.write(row, timestamp);
        return timestamp;
    }
}
