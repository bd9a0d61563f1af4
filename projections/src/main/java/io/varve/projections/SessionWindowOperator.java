package io.varve.projections;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Keeps a row for each key and session up to date. Records without a key are passed over; those
 * without a value are given to the aggregation, as in Kafka Streams.
 */
final class SessionWindowOperator<K, V, A> implements Operator<K, V>, Timed {
    private final long gap;
    private final Initializer<? extends A> initializer;
    private final Aggregator<? super K, ? super V, A> aggregator;
    private final Merger<? super K, A> merger;
    private final WindowParts<K, A> parts;
    private final KeyWindows<K, A> sessions;

    /** For one task. */
    SessionWindowOperator(
            long gap,
            Initializer<? extends A> initializer,
            Aggregator<? super K, ? super V, A> aggregator,
            Merger<? super K, A> merger,
            WindowParts<K, A> parts) {
        this.gap = gap;
        this.initializer = initializer;
        this.aggregator = aggregator;
        this.merger = merger;
        this.parts = parts;
        this.sessions = new KeyWindows<>(parts.results(), parts.keySerde());
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
        List<Row<Windowed<K>, A>> joined = new ArrayList<>();
        boolean inTime = around(key, timestamp, closed, joined);
        long start = timestamp;
        long end = timestamp;
        for (Row<Windowed<K>, A> session : joined) {
            start = Math.min(start, session.key.window().startMillis());
            end = Math.max(end, session.key.window().endMillis());
        }
        if (end <= closed || !inTime) {
            parts.late(key);
        } else {
            put(new Windowed<>(key, new Window(start, end)), value, joined, out);
        }
        parts.results().close(closed, out);
    }

    /**
     * Finds those whose records are no more than the gap away; mostly the last one of the key. What
     * is closed is final: it is not found, and all that begins earlier is closed as well.
     *
     * @return false if one that is closed begins behind the record: none is to grow around it
     */
    private boolean around(K key, long timestamp, long closed, List<Row<Windowed<K>, A>> found) {
        boolean[] inTime = {true};
        sessions.walkBack(
                key,
                Long.MIN_VALUE,
                timestamp + gap,
                session -> {
                    Window window = session.key.window();
                    if (window.endMillis() <= closed) {
                        inTime[0] = window.startMillis() <= timestamp;
                        return false;
                    }
                    return window.endMillis() >= timestamp - gap
                            && found.add(session)
                            // Open sessions of a key are more than the gap apart: none that begins
                            // earlier can be near. Going on would pass by all the rows that this
                            // one had before it grew, until they are committed.
                            && window.startMillis() > timestamp;
                });
        Collections.reverse(found);
        return inTime[0];
    }

    private void put(
            Windowed<K> session, V value, List<Row<Windowed<K>, A>> joined, ProcessorNode out) {
        A merged = initializer.apply();
        for (Row<Windowed<K>, A> row : joined) {
            merged = merger.apply(session.key(), merged, parts.results().own(row, out));
        }
        Window window = session.window();
        if (window.startMillis() < window.endMillis()) {
            for (Row<Windowed<K>, A> row : joined) {
                parts.results().put(row, null, null, row.key.window().endMillis(), out);
            }
        }
        A after = aggregator.apply(session.key(), value, merged);
        parts.results().put(parts.results().row(session), after, value, window.endMillis(), out);
    }
}
