package io.varve.projections;

/** Holds changes of a table back until they are due, and forgets all but the last of a row. */
final class SuppressOperator<K, V> implements Operator<K, Change<V>>, Timed {
    private final SuppressBuffer<K, V> buffer;
    private final SuppressBuffer.InTask<K, V> held;
    private final TaskContext context;
    private final boolean keepsHeaders;

    /** For one task. */
    SuppressOperator(SuppressBuffer<K, V> buffer, TaskStores stores) {
        this.buffer = buffer;
        this.held = buffer.in(stores);
        this.context = stores.context();
        this.keepsHeaders = stores.readsHeaders();
    }

    @Override
    public void process(K key, Change<V> change, ProcessorNode out) {
        long timestamp = context.timestamp();
        long streamTime = held.streamTime().advance(timestamp);
        RecordHeaders headers = keepsHeaders ? context.headersToKeep() : RecordHeaders.NONE;
        Row<K, Held<V>> row = held.held().row(key);
        Held<V> next;
        boolean isNew = !row.isThere();
        if (!isNew) {
            next = new Held<>(row.value().due(), timestamp, row.value().told(), headers);
        } else {
            next = new Held<>(due(key, timestamp), timestamp, change.oldValue(), headers);
            held.queue().add(new Due<>(next.due(), key), true);
        }
        held.held().write(row, next);
        held.held().keep(row, next.told());
        write(key, change.newValue());
        held.size().ifPresent(size -> size.put(key, change.newValue(), isNew));
        held.queue().take(streamTime - buffer.waits(), (due, yes) -> tellOf(due, key, out));
        held.size().ifPresent(size -> keepTo(size, key, out));
    }

    /** Tells of some rows early, if there are more than there may be. */
    private void keepTo(HeldSize.InTask<K, V> size, K inHand, ProcessorNode out) {
        while (size.isExceeded()) {
            held.queue().takeFirst(due -> tellOf(due, inHand, out));
        }
    }

    /** What is told of the key in hand is its event's; of another, it would come with any event. */
    private void tellOf(Due<K> due, K inHand, ProcessorNode out) {
        if (due.key().equals(inHand)) {
            tell(inHand, out);
        } else {
            tellDue(due, out);
        }
    }

    private void tellDue(Due<K> due, ProcessorNode out) {
        out.due(due.key(), due.time() + buffer.waits(), () -> tell(due.key(), out));
    }

    @Override
    public void pass(long time, ProcessorNode out) {
        long streamTime = held.streamTime().advance(time);
        held.queue().take(streamTime - buffer.waits(), (due, yes) -> tellDue(due, out));
    }

    @Override
    public long due() {
        long first = held.queue().earliest();
        return first == NEVER ? first : first + buffer.waits();
    }

    private long due(K key, long timestamp) {
        return buffer.byWindow() ? ((Windowed<?>) key).window().endMillis() : timestamp;
    }

    private void write(K key, V value) {
        Row<K, V> row = held.pending().row(key);
        if (row.isThere() || value != null) {
            held.pending().write(row, value);
            held.pending().keep(row, value);
        }
    }

    private void tell(K key, ProcessorNode out) {
        Row<K, Held<V>> row = held.held().row(key);
        Held<V> last = row.value();
        V value = held.pending().row(key).value();
        held.held().write(row, null);
        write(key, null);
        held.size().ifPresent(size -> size.remove(key));
        if (value != null || !buffer.byWindow()) {
            RecordHeaders before = context.headers(last.headers());
            out.forward(key, new Change<>(last.told(), value), last.timestamp());
            context.headers(before); // after an error the task goes back, and forgets them
        }
    }
}
