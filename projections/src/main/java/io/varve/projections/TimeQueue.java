package io.varve.projections;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * What waits for its time to come, in a part of a store of its own.
 *
 * <pre>
 *   s64 time │ the rest of what waits      one row for each
 * </pre>
 *
 * <p>Mostly nothing is due. So the earliest time is remembered between commits, and no row is
 * looked at before it; nor are rows before it that are gone, but not yet from the environment.
 */
final class TimeQueue<Q, V> {
    private static final int AT_ONCE = 1_000;
    private static final byte[] OPEN = {};

    private final WriteBackStore<Q, V> store;
    private final ToLongFunction<? super Q> time;

    /** No row is earlier; good as long as the store was not cleared since. */
    private long earliest = Long.MIN_VALUE;

    private int knownSince = -1;

    /**
     * For one task.
     *
     * @param time of what waits, with which its bytes begin
     */
    TimeQueue(WriteBackStore<Q, V> store, ToLongFunction<? super Q> time) {
        this.store = store;
        this.time = time;
    }

    /** The part of a store that keeps it. */
    static <Q> StoreDefinition<Q, Boolean> partOf(
            StoreDefinition<?, ?> store, String name, Serde<Q> serde) {
        StoreKind<Q> kind = new StoreKind<>(false, true, Optional.empty());
        return store.part(name, serde, new NothingSerde(), kind);
    }

    /** Adds what does not wait yet, with a value that nobody changes. */
    void add(Q waiting, V value) {
        add(waiting, value, null);
    }

    /**
     * The same with a value that somebody may change.
     *
     * @param holds what of the value; null for nothing
     */
    void add(Q waiting, V value, Object holds) {
        Row<Q, V> row = store.row(waiting);
        if (!row.isThere()) {
            store.write(row, value);
            store.keep(row, holds);
            earliest = Math.min(earliest, time.applyAsLong(waiting));
        }
    }

    void remove(Q waiting) {
        Row<Q, V> row = store.row(waiting);
        if (row.isThere()) {
            store.write(row, null);
        }
    }

    /** No time that something waits for is earlier; {@link Timed#NEVER} if nothing waits. */
    long earliest() {
        forgetIfCleared();
        if (earliest == Long.MIN_VALUE) {
            due(Long.MIN_VALUE);
        }
        return earliest;
    }

    /** Takes out, in order, what is due at a time. */
    void take(long last, BiConsumer<? super Q, ? super V> taker) {
        forgetIfCleared();
        while (earliest <= last) {
            for (KeyValue<Q, V> waiting : due(last)) {
                remove(waiting.key());
                taker.accept(waiting.key(), waiting.value());
            }
        }
    }

    /** Takes out the first, if any, whenever it is due. */
    void takeFirst(Consumer<? super Q> taker) {
        forgetIfCleared();
        List<Q> first = new ArrayList<>(1);
        store.inOrder()
                .walk(
                        from(),
                        OPEN,
                        row -> {
                            first.add(row.key);
                            return false;
                        });
        for (Q waiting : first) {
            earliest = time.applyAsLong(waiting);
            remove(waiting);
            taker.accept(waiting);
        }
    }

    private void forgetIfCleared() {
        if (knownSince != store.inOrder().clears()) {
            earliest = Long.MIN_VALUE;
            knownSince = store.inOrder().clears();
        }
    }

    private byte[] from() {
        return earliest == Long.MIN_VALUE
                ? OPEN
                : new BytesWriter().putOrderedLong(earliest).toByteArray();
    }

    /** Some of it; the earliest time is known then. */
    private List<KeyValue<Q, V>> due(long last) {
        List<KeyValue<Q, V>> due = new ArrayList<>();
        byte[] from = from();
        earliest = Long.MAX_VALUE;
        store.inOrder()
                .walk(
                        from,
                        OPEN,
                        row -> {
                            long at = time.applyAsLong(row.key);
                            if (at > last || due.size() == AT_ONCE) {
                                earliest = at;
                                return false;
                            }
                            return due.add(new KeyValue<>(row.key, row.value()));
                        });
        return due;
    }
}
