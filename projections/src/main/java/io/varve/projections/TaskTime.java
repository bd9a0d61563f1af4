package io.varve.projections;

import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Optional;

/**
 * The stream time of a task whose nodes need it, and when they are to do something next; kept with
 * the stores, so that it is the same after a restart.
 *
 * <pre>
 *   time              the latest time of an event
 *   tick              the latest time of a tick
 *   next/NODE/NUMBER  when a node's schedule is due next
 * </pre>
 */
final class TaskTime {
    /** Not for stores of users. */
    static final String STORE = "stream-time";

    static final StoreDefinition<String, Long> DEFINITION =
            new StoreDefinition<>(
                    StoreRef.of(STORE),
                    Serdes.utf8(),
                    Serdes.int64(),
                    List.of(),
                    Optional.empty(),
                    true,
                    List.of(),
                    StoreKind.plain());

    private static final String TIME = "time";
    private static final String TICK = "tick";

    private final WriteBackStore<String, Long> store;

    TaskTime(TaskStores stores) {
        store = stores.get(DEFINITION);
    }

    long streamTime() {
        return time(TIME);
    }

    /** The latest time of a tick. */
    long tickTime() {
        return time(TICK);
    }

    private long time(String name) {
        Long time = store.row(name).value();
        return time == null ? Long.MIN_VALUE : time;
    }

    /** An event comes. */
    void advance(long eventTime) {
        advance(TIME, eventTime);
    }

    /** A tick comes. */
    void tick(long time) {
        advance(TICK, time);
    }

    private void advance(String name, long time) {
        Row<String, Long> row = store.row(name);
        if (row.isThere() ? row.value() < time : time != Long.MIN_VALUE) {
            store.write(row, time);
        }
    }

    /** When a schedule is due; at once, where nothing is known of it. */
    long next(String node, int number) {
        Long next = store.row(key(node, number)).value();
        return next == null ? 0 : next;
    }

    /** Whether anything is known of a schedule. */
    boolean isKnown(String node, int number) {
        return store.row(key(node, number)).isThere();
    }

    void next(String node, int number, long time) {
        store.write(store.row(key(node, number)), time);
    }

    private static String key(String node, int number) {
        return "next/" + node + '/' + number;
    }
}
