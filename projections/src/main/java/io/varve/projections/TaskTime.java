package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The stream time of a task whose nodes need it, and when they are to do something next; kept with
 * the stores, so that it is the same after a restart.
 *
 * <pre>
 *   time                          the latest time of an event
 *   tick                          the latest time of a tick
 *   next/NODE/stream/INTERVAL     when a node's schedule is due next: by stream time or by the
 *   next/NODE/clock/INTERVAL      clock, every so many milliseconds; with /NUMBER behind it for
 *                                 others of the node that are alike, from 1
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
    private static final String NEXT = "next/";

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

    /**
     * What a schedule's due time is kept under.
     *
     * @param equal how many others of the node, before it, have this type and interval
     */
    static String schedule(String node, PunctuationType type, long interval, long equal) {
        String by = type == PunctuationType.STREAM_TIME ? "stream" : "clock";
        return NEXT + node + '/' + by + '/' + interval + (equal == 0 ? "" : "/" + equal);
    }

    /** When a schedule is due; at once, where nothing is known of it. */
    long next(String schedule) {
        Long next = store.row(schedule).value();
        return next == null ? 0 : next;
    }

    /** Whether anything is known of a schedule. */
    boolean isKnown(String schedule) {
        return store.row(schedule).isThere();
    }

    void next(String schedule, long time) {
        store.write(store.row(schedule), time);
    }

    /** Forgets the schedules of nodes that are no more. */
    static void retain(Set<String> nodes, Table table) {
        List<byte[]> gone = new ArrayList<>();
        table.scan(
                BytesView.of(NEXT.getBytes(StandardCharsets.UTF_8)),
                new BytesView(),
                (key, value) -> {
                    String name = key.getUtf8(0, key.length());
                    if (!name.startsWith(NEXT)) {
                        return false;
                    }
                    int end = name.indexOf('/', NEXT.length());
                    if (!nodes.contains(name.substring(NEXT.length(), end))) {
                        gone.add(key.toByteArray());
                    }
                    return true;
                });
        gone.forEach(key -> table.delete(BytesView.of(key)));
    }
}
