package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much is held back, where that has limits; kept beside it.
 *
 * <pre>
 *   NAME/size     records, bytes: s64 each
 *   NAME/bytes    of each row, if bytes have a limit
 * </pre>
 *
 * @param bytes empty if they have no limit
 */
record HeldSize<K, V>(
        StoreDefinition<K, V> pending,
        BufferConfig limits,
        StoreDefinition<String, Long> totals,
        Optional<StoreDefinition<K, Long>> bytes) {
    private static final String RECORDS = "records";
    private static final String BYTES = "bytes";

    /** Of what is held back in a store; empty where it has no limits. */
    static <K, V> Optional<HeldSize<K, V>> of(StoreDefinition<K, V> pending, BufferConfig limits) {
        boolean inBytes = limits.bytes() < Long.MAX_VALUE;
        if (!inBytes && limits.records() == Long.MAX_VALUE) {
            return Optional.empty();
        }
        Serde<Long> number = Serdes.int64();
        return Optional.of(
                new HeldSize<>(
                        pending,
                        limits,
                        pending.part(
                                "size", Serdes.utf8(), new SizeSerde(limits), StoreKind.plain()),
                        inBytes
                                ? Optional.of(
                                        pending.part(
                                                BYTES,
                                                pending.keySerde(),
                                                number,
                                                StoreKind.plain()))
                                : Optional.empty()));
    }

    List<StoreDefinition<?, ?>> stores() {
        List<StoreDefinition<?, ?>> stores = new ArrayList<>(List.of(totals));
        bytes.ifPresent(stores::add);
        return stores;
    }

    InTask<K, V> in(TaskStores stores) {
        return new InTask<>(this, stores.get(totals), bytes.map(stores::get), stores.context());
    }

    /** In one task. */
    static final class InTask<K, V> {
        private final HeldSize<K, V> size;
        private final WriteBackStore<String, Long> totals;
        private final Optional<WriteBackStore<K, Long>> bytes;
        private final TaskContext context;
        private final BytesWriter writer = new BytesWriter();

        private InTask(
                HeldSize<K, V> size,
                WriteBackStore<String, Long> totals,
                Optional<WriteBackStore<K, Long>> bytes,
                TaskContext context) {
            this.size = size;
            this.totals = totals;
            this.bytes = bytes;
            this.context = context;
        }

        /** A row is held back with a value, or with none. */
        void put(K key, V value, boolean isNew) {
            if (isNew) {
                add(RECORDS, 1);
            }
            bytes.ifPresent(rows -> measure(rows, key, length(key, value)));
        }

        /** A row is not held back any more. */
        void remove(K key) {
            add(RECORDS, -1);
            bytes.ifPresent(rows -> measure(rows, key, null));
        }

        private void measure(WriteBackStore<K, Long> rows, K key, Long length) {
            Row<K, Long> row = rows.row(key);
            long before = row.isThere() ? row.value() : 0;
            rows.write(row, length);
            add(BYTES, (length == null ? 0 : length) - before);
        }

        private long length(K key, V value) {
            size.pending().keySerde().serialize(key, writer.reset());
            if (value != null) {
                size.pending().valueSerde().serialize(value, writer);
            }
            return writer.size();
        }

        private void add(String what, long more) {
            Row<String, Long> row = totals.row(what);
            totals.write(row, (row.isThere() ? row.value() : 0) + more);
        }

        private long total(String what) {
            Long total = totals.row(what).value();
            return total == null ? 0 : total;
        }

        /**
         * Whether something is to be told of early.
         *
         * @throws SuppressBufferFullException if it is too much and nothing may be
         */
        boolean isExceeded() {
            long records = total(RECORDS);
            long length = total(BYTES);
            if (records <= size.limits().records() && length <= size.limits().bytes()) {
                return false;
            }
            if (size.limits() instanceof StrictBufferConfig strict) {
                // Not the event's fault: without it the next one would be too much.
                throw context.ofTheState(
                        new SuppressBufferFullException(
                                size.pending().name(),
                                context.position(),
                                records,
                                length,
                                strict));
            }
            return true;
        }
    }

    /**
     * Writes totals. Limits at which rows are told of early decide about results, and so are of the
     * shape of the topology.
     */
    private record SizeSerde(BufferConfig limits) implements Serde<Long> {
        @Override
        public String describe() {
            String number = Serdes.int64().describe();
            return limits instanceof EagerBufferConfig
                    ? number + " early above " + limits.records() + " and " + limits.bytes()
                    : number;
        }

        @Override
        public void serialize(Long value, BytesWriter out) {
            Serdes.int64().serialize(value, out);
        }

        @Override
        public Long deserialize(BytesView in) {
            return Serdes.int64().deserialize(in);
        }
    }
}
