package io.varve.projections;

import java.util.List;

/**
 * Lets the records of a stream wait for rows that come late, before they are joined as of their own
 * time.
 */
final class WaitingJoinOperator<K, V> implements Operator<K, V>, Timed {
    private final StreamTableJoinOperator<K, V, ?, ?> join;
    private final TimeQueue<WaitingKey<K>, Waited<V>> waiting;
    private final JoinTimes times;
    private final TaskContext context;
    private final long grace;
    private final boolean keepsHeaders;

    /**
     * What it keeps.
     *
     * <pre>
     *   REF/waiting   records, by {@link WaitingKey}: {@link Waited}
     *   REF/time      the latest time of one that was kept, and how many there were: {@link JoinTimes}
     * </pre>
     *
     * @param grace how long records wait, in milliseconds
     */
    record Stores<K, V>(
            StoreDefinition<WaitingKey<K>, Waited<V>> waiting,
            StoreDefinition<String, Long> times,
            long grace) {
        static <K, V> Stores<K, V> of(Joined.Waiting<K, V> given) {
            return new Stores<>(
                    StoreDefinition.part(
                            given.ref(),
                            "waiting",
                            WaitingKey.serde(given.keySerde()),
                            Waited.serde(given.valueSerde()),
                            StoreKind.walked()),
                    JoinTimes.of(given.ref()),
                    given.grace().toMillis());
        }

        List<StoreDefinition<?, ?>> all() {
            return List.of(waiting, times);
        }
    }

    /** For one task. */
    WaitingJoinOperator(
            StreamTableJoinOperator<K, V, ?, ?> join, Stores<K, V> stores, TaskStores task) {
        this.join = join;
        this.waiting = new TimeQueue<>(task.get(stores.waiting()), WaitingKey::time);
        this.times = new JoinTimes(task.get(stores.times()));
        this.context = task.context();
        this.grace = stores.grace();
        this.keepsHeaders = task.readsHeaders();
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        if (!join.takes(key, value)) {
            return;
        }
        long time = context.timestamp();
        if (key == null || time < times.latest() - grace) {
            join.join(key, value, time, out);
            return;
        }
        RecordHeaders headers = keepsHeaders ? context.headersToKeep() : RecordHeaders.NONE;
        WaitingKey<K> next = new WaitingKey<>(time, key, times.nextNumber());
        waiting.add(next, new Waited<>(value, headers), value);
        waiting.take(
                times.advance(time) - grace,
                (record, waited) -> {
                    if (record.number() == next.number()) {
                        join(record, waited, out); // it has not waited: that of the event itself
                    } else {
                        joinDue(record, waited, out);
                    }
                });
    }

    @Override
    public void pass(long time, ProcessorNode out) {
        waiting.take(times.advance(time) - grace, (record, waited) -> joinDue(record, waited, out));
    }

    private void joinDue(WaitingKey<K> record, Waited<V> waited, ProcessorNode out) {
        out.due(record.key(), record.time() + grace, () -> join(record, waited, out));
    }

    private void join(WaitingKey<K> record, Waited<V> waited, ProcessorNode out) {
        RecordHeaders before = context.headers(waited.headers());
        join.join(record.key(), waited.value(), record.time(), out);
        context.headers(before); // after an error the task goes back, and forgets them
    }

    @Override
    public long due() {
        long first = waiting.earliest();
        return first == NEVER ? first : first + grace;
    }
}
