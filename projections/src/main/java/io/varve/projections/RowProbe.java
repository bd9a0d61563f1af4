package io.varve.projections;

import io.varve.store.bytes.BytesView;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks at one row of a task between two events: the engine-facing side of explaining where a value
 * comes from. Made by {@link ProjectionTask#probe}; belongs to the thread of the task.
 *
 * @param <K> keys
 * @param <V> values
 */
public final class RowProbe<K, V> {
    private final StoreDefinition<K, V> definition;
    private final WriteBackStore<K, V> store;
    private final K key;
    private Optional<byte[]> last;

    RowProbe(StoreDefinition<K, V> definition, WriteBackStore<K, V> store, K key) {
        this.definition = definition;
        this.store = store;
        this.key = Objects.requireNonNull(key, "key");
        this.last = store.values().copied(store.row(key));
    }

    /**
     * What an event has done to the row.
     *
     * @param before its value before the event; empty where it was not there
     * @param after its value after it
     * @param written whether the event has written the row; otherwise its time has let it expire
     * @param changed whether the value is another, by its bytes
     * @param <V> values
     */
    public record Touch<V>(
            Optional<V> before, Optional<V> after, boolean written, boolean changed) {
        /**
         * Refuses nulls.
         *
         * @param before see the record
         * @param after see the record
         * @param written see the record
         * @param changed see the record
         */
        public Touch {
            Objects.requireNonNull(before, "before");
            Objects.requireNonNull(after, "after");
        }
    }

    /**
     * Looks at the row, behind each event and before a commit.
     *
     * @return what the last event has done to it; empty if nothing
     */
    public Optional<Touch<V>> look() {
        Row<K, V> row = store.row(key);
        boolean written = store.isWritten(row);
        if (!written && last.isPresent() == row.isThere()) {
            return Optional.empty();
        }
        Optional<byte[]> now = store.values().copied(row);
        boolean changed =
                now.isPresent() != last.isPresent()
                        || now.isPresent() && !Arrays.equals(now.get(), last.get());
        Touch<V> touch = new Touch<>(value(last), value(now), written, changed);
        last = now;
        return Optional.of(touch);
    }

    private Optional<V> value(Optional<byte[]> bytes) {
        return bytes.map(some -> definition.plainValue(BytesView.of(some)));
    }
}
