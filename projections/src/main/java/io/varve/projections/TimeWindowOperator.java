package io.varve.projections;

/**
 * Keeps a row for each key and time window up to date. Records without a key are passed over; those
 * without a value are given to the aggregation, as in Kafka Streams.
 */
final class TimeWindowOperator<K, V, A> implements Operator<K, V>, Timed {
    private final TimeWindows windows;
    private final long size;
    private final long hop;
    private final AggregateOperator.Update<K, V, A> update;
    private final WindowParts<K, A> parts;

    /** For one task. */
    TimeWindowOperator(
            TimeWindows windows,
            AggregateOperator.Update<K, V, A> update,
            WindowParts<K, A> parts) {
        this.windows = windows;
        this.size = windows.size().toMillis();
        this.hop = windows.advance().toMillis();
        this.update = update;
        this.parts = parts;
    }

    @Override
    public void pass(long time, ProcessorNode out) {
        parts.pass(time, out);
    }

    @Override
    public long due() {
        return parts.due();
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (key == null) {
            return;
        }
        long closed = parts.advance();
        long timestamp = parts.context().timestamp();
        for (long start = windows.firstStart(timestamp); start <= timestamp; start += hop) {
            Windowed<K> windowed = new Windowed<>(key, new Window(start, start + size));
            if (parts.owned().test(windowed)) {
                update(windowed, value, closed, out);
            }
        }
        parts.results().close(closed, out);
    }

    private void update(Windowed<K> windowed, V value, long closed, ProcessorNode out) {
        if (windowed.window().endMillis() <= closed) {
            parts.late(windowed.key());
            return;
        }
        Row<Windowed<K>, A> row = parts.results().row(windowed);
        long timestamp = parts.context().timestamp();
        long time = row.isThere() ? Math.max(timestamp, row.time) : timestamp;
        A after = update.apply(windowed.key(), value, parts.results().own(row, out));
        parts.results().put(row, after, value, time, out);
    }
}
