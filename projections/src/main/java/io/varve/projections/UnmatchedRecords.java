package io.varve.projections;

import io.varve.projections.Unmatched.Value;
import io.varve.store.bytes.BytesWriter;
import java.util.OptionalLong;

/** The records of a left or outer join that have no match yet. */
final class UnmatchedRecords<K, V1, V2, R> {
    private final WriteBackStore<Unmatched<K>, Value<V1, V2>> store;
    private final JoinTimes times;
    private final JoinWindows windows;
    private final ValueJoinerWithKey<? super K, ? super V1, ? super V2, ? extends R> joiner;

    /** For one task; windows and joiner as the left side sees them. */
    UnmatchedRecords(
            WriteBackStore<Unmatched<K>, Value<V1, V2>> store,
            JoinTimes times,
            JoinWindows windows,
            ValueJoinerWithKey<? super K, ? super V1, ? super V2, ? extends R> joiner) {
        this.store = store;
        this.times = times;
        this.windows = windows;
        this.joiner = joiner;
    }

    // The value is of the side that the record is of.
    @SuppressWarnings("unchecked")
    void add(Unmatched<K> record, Object value) {
        Row<Unmatched<K>, Value<V1, V2>> row = store.row(record);
        store.write(
                row, record.left() ? new Value<>((V1) value, null) : new Value<>(null, (V2) value));
        store.keep(row, value);
        OptionalLong first = times.unmatched();
        if (first.isEmpty() || record.time() < first.getAsLong()) {
            times.unmatched(OptionalLong.of(record.time()));
        }
    }

    /** A match was found, if it was still waiting for one. */
    void remove(Unmatched<K> record) {
        Row<Unmatched<K>, Value<V1, V2>> row = store.row(record);
        if (row.isThere()) {
            store.write(row, null);
        }
    }

    /** When the first of them is closed, however long it waits. */
    long due() {
        OptionalLong first = times.unmatched();
        return first.isEmpty()
                ? Timed.NEVER
                : first.getAsLong() + longest() + windows.grace().toMillis() + 1;
    }

    /** Makes results of those for which no match can come any more. */
    void close(long streamTime, ProcessorNode out) {
        OptionalLong first = times.unmatched();
        if (first.isEmpty() || isOpen(first.getAsLong(), shortest(), streamTime)) {
            return;
        }
        byte[] begin = new BytesWriter().putOrderedLong(first.getAsLong()).toByteArray();
        long[] next = {Long.MAX_VALUE};
        store.inOrder().walk(begin, new byte[0], row -> close(row, streamTime, next, out));
        times.unmatched(
                next[0] == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next[0]));
    }

    /** Answers whether one behind it may be closed, and notes the time of the first that is not. */
    private boolean close(
            Row<Unmatched<K>, Value<V1, V2>> row, long streamTime, long[] next, ProcessorNode out) {
        Unmatched<K> record = row.key;
        long wait = record.left() ? windows.after().toMillis() : windows.before().toMillis();
        if (isOpen(record.time(), wait, streamTime)) {
            next[0] = Math.min(next[0], record.time());
            return !isOpen(record.time(), shortest(), streamTime);
        }
        Value<V1, V2> value = row.value();
        store.write(row, null);
        out.due(
                record.key(),
                record.time() + wait + windows.grace().toMillis() + 1,
                () ->
                        out.forward(
                                record.key(),
                                joiner.apply(record.key(), value.left(), value.right()),
                                record.time()));
        return true;
    }

    private boolean isOpen(long time, long wait, long streamTime) {
        return time + wait + windows.grace().toMillis() >= streamTime;
    }

    private long longest() {
        return Math.max(windows.after().toMillis(), windows.before().toMillis());
    }

    private long shortest() {
        return Math.min(windows.after().toMillis(), windows.before().toMillis());
    }
}
