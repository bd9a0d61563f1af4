package io.varve.projections;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * The records of one side of a join of streams that others may come for. How long, goes by the
 * latest time of that side, as in Kafka Streams; what is over is found no more, and dropped with
 * all of its span of time.
 */
final class JoinBuffer<K, V> {
    private final String side;
    private final WriteBackStore<BufferedKey<K>, V> store;
    private final Serde<K> keySerde;
    private final JoinTimes times;
    private final BiConsumer<? super K, Long> late;
    private final long retention;
    private final long span;

    /** Takes what is found. */
    @FunctionalInterface
    interface Visitor<K, V> {
        void record(BufferedKey<K> key, V value);
    }

    /**
     * For one task.
     *
     * @param side its name
     * @param retention in milliseconds
     * @param late is told of the key and the time of each record that is over when it comes
     */
    JoinBuffer(
            String side,
            WriteBackStore<BufferedKey<K>, V> store,
            Serde<K> keySerde,
            JoinTimes times,
            long retention,
            BiConsumer<? super K, Long> late) {
        this.side = side;
        this.store = store;
        this.keySerde = keySerde;
        this.times = times;
        this.late = late;
        this.retention = retention;
        this.span = Math.max(1, retention / 2);
    }

    /** What holds the rows. */
    static <K, V> StoreDefinition<BufferedKey<K>, V> of(
            StoreRef<?, ?> ref, String side, Serde<K> keys, Serde<V> values) {
        return StoreDefinition.part(ref, side, BufferedKey.serde(keys), values, StoreKind.walked());
    }

    /** Keeps a record, unless it is over already; answers its number. */
    long put(K key, V value, long time) {
        OptionalLong before = times.latest(side);
        times.advance(side, time);
        long first = first();
        if (before.isPresent() && span(first) > span(first(before.getAsLong()))) {
            drop(span(first));
        }
        long number = times.nextNumber();
        // Also of one that is over, so that a key that is too long is refused.
        Row<BufferedKey<K>, V> row = store.row(new BufferedKey<>(span(time), key, time, number));
        if (time >= first) {
            store.write(row, value);
            store.keep(row, value);
        } else {
            late.accept(key, time);
        }
        return number;
    }

    private long span(long time) {
        return Math.floorDiv(time, span);
    }

    /** The earliest time that is not over. */
    private long first() {
        OptionalLong latest = times.latest(side);
        return latest.isPresent() ? first(latest.getAsLong()) : Long.MIN_VALUE;
    }

    private long first(long latest) {
        return latest - retention + (retention == 0 ? 0 : 1);
    }

    private void drop(long firstSpan) {
        byte[] end = new BytesWriter().putOrderedLong(firstSpan).toByteArray();
        store.inOrder()
                .walk(
                        new byte[0],
                        end,
                        row -> {
                            store.write(row, null);
                            return true;
                        });
    }

    /**
     * Finds the records of a key, in the order of time and of coming.
     *
     * @param from the earliest time
     * @param to the latest time
     * @return whether there are any
     */
    boolean find(K key, long from, long to, Visitor<K, V> visitor) {
        long begin = Math.max(from, first());
        boolean[] found = {false};
        if (times.latest(side).isEmpty() || begin > to) {
            return false;
        }
        for (long one = span(begin); one <= span(to); one++) {
            store.inOrder()
                    .walk(
                            BufferedKey.bound(one, key, begin, keySerde),
                            BufferedKey.bound(one, key, to + 1, keySerde),
                            row -> {
                                found[0] = true;
                                visitor.record(row.key, row.value());
                                return true;
                            });
        }
        return found[0];
    }
}
