package io.varve.projections;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps a row for each key and sliding window up to date. Records without key or value are passed
 * over.
 *
 * <p>A record falls into the windows that span it, which have rows if there are records in them
 * already. It makes up to three windows more:
 *
 * <pre>
 *            previous record            record
 *                  │                      │
 *   [──────────────┼─────────────────────▶]                left: ends at the record
 *                  │[─────────────────────┼──────────────▶]   that begins behind the previous one
 *                  │                      │[─────────────────────────────▶]   right, if not empty
 * </pre>
 *
 * <p>What the left one had before is what the last window has that ends before it; the right one
 * that of the last window that spans the record: each holds just the same records.
 */
final class SlidingWindowOperator<K, V, A> implements Operator<K, V>, Timed {
    private final long difference;
    private final AggregateOperator.Update<K, V, A> update;
    private final WindowParts<K, A> parts;
    private final KeyWindows<K, A> windows;

    /** For one task. */
    SlidingWindowOperator(
            long difference, AggregateOperator.Update<K, V, A> update, WindowParts<K, A> parts) {
        this.difference = difference;
        this.update = update;
        this.parts = parts;
        this.windows = new KeyWindows<>(parts.results(), parts.keySerde());
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
        if (key == null || value == null) {
            return;
        }
        long closed = parts.advance();
        long timestamp = parts.context().timestamp();
        if (timestamp + difference <= closed) {
            parts.late(key);
            return;
        }
        if (timestamp >= 0 && timestamp < difference) {
            new Early(key, value, timestamp, closed, out).run();
        } else {
            new Usual(key, value, timestamp, closed, out).run();
        }
        parts.results().close(closed, out);
    }

    /** One record on its way through the windows of its key. */
    private abstract class Arrival {
        final K key;
        final V value;
        final long timestamp;
        final long closed;
        final ProcessorNode out;
        final Set<Long> starts = new HashSet<>();

        /** The latest record before it that is near. */
        Long previous;

        /** What the window behind it holds: its value, if it has to be made of that of another. */
        Dated<A> right;

        boolean rightFound;

        Arrival(K key, V value, long timestamp, long closed, ProcessorNode out) {
            this.key = key;
            this.value = value;
            this.timestamp = timestamp;
            this.closed = closed;
            this.out = out;
        }

        Row<Windowed<K>, A> window(long start) {
            Window window = new Window(start, start + difference);
            return parts.results().row(new Windowed<>(key, window));
        }

        boolean isThere(long start) {
            return starts.contains(start);
        }

        /** Remembers what a window holds before the record is in it. */
        void rightOf(Row<Windowed<K>, A> row) {
            rightFound = true;
            right =
                    row.time > timestamp && !isThere(timestamp + 1)
                            ? new Dated<>(parts.results().copy(row), row.time)
                            : null;
        }

        /** Adds the record to a window that is there. */
        void add(Row<Windowed<K>, A> row) {
            add(row, parts.results().own(row, out), Math.max(timestamp, row.time));
        }

        /** Adds the record to what a window is to hold otherwise. */
        void add(Row<Windowed<K>, A> row, A base, long time) {
            if (row.key.window().endMillis() <= closed) {
                parts.late(key);
            } else {
                A after = update.apply(key, value, base);
                parts.results().put(row, after, value, time, out);
            }
        }

        void makeRight() {
            if (right != null && !isThere(timestamp + 1)) {
                parts.results()
                        .put(window(timestamp + 1), right.value(), null, right.timestamp(), out);
            }
        }

        void makeRightOfPrevious() {
            if (previous != null
                    && !isThere(previous + 1)
                    && previous + 1 + difference >= timestamp) {
                add(window(previous + 1), null, timestamp);
            }
        }
    }

    /** Whose windows begin in 1970 or later. */
    private final class Usual extends Arrival {
        private A left;
        private boolean leftThere;

        Usual(K key, V value, long timestamp, long closed, ProcessorNode out) {
            super(key, value, timestamp, closed, out);
        }

        void run() {
            for (Row<Windowed<K>, A> row : near()) {
                starts.add(row.key.window().startMillis());
                if (!meet(row)) {
                    return; // there is a record of that time already, with all its windows
                }
            }
            makeRightOfPrevious();
            if (!leftThere) {
                add(window(timestamp - difference), left, timestamp);
            }
            makeRight();
        }

        /** The last first, up to one that ends before the record. */
        private List<Row<Windowed<K>, A>> near() {
            List<Row<Windowed<K>, A>> found = new ArrayList<>();
            long first = timestamp - 2 * difference;
            windows.walkBack(
                    key,
                    timestamp >= 0 ? Math.max(0, first) : first,
                    timestamp + 1,
                    row -> {
                        found.add(row);
                        return row.key.window().endMillis() >= timestamp;
                    });
            return found;
        }

        private boolean meet(Row<Windowed<K>, A> row) {
            long end = row.key.window().endMillis();
            long latest = row.time;
            if (row.key.window().startMillis() > timestamp) {
                return true; // the right one
            }
            if (end < timestamp) {
                if (previous == null || previous < latest) {
                    previous = latest; // or the window that ends at the record has a later one
                }
                boolean needed = !leftThere && timestamp - difference <= latest;
                left = needed ? parts.results().copy(row) : null;
                return true;
            }
            if (end > timestamp && !rightFound) {
                rightOf(row);
            }
            add(row);
            if (end > timestamp) {
                return true;
            }
            leftThere = true;
            if (latest < timestamp) {
                previous = latest;
            }
            return latest < timestamp;
        }
    }

    /** Whose left window would begin before 1970: one that begins then holds all such records. */
    private final class Early extends Arrival {
        Early(K key, V value, long timestamp, long closed, ProcessorNode out) {
            super(key, value, timestamp, closed, out);
        }

        void run() {
            List<Row<Windowed<K>, A>> found = new ArrayList<>();
            windows.walk(key, 0, timestamp + 1, found::add);
            found.forEach(row -> starts.add(row.key.window().startMillis()));
            Row<Windowed<K>, A> first = window(0);
            for (Row<Windowed<K>, A> row : found) {
                long start = row.key.window().startMillis();
                if (start > 0 && start <= timestamp) {
                    rightOf(row);
                    add(row);
                }
            }
            if (first.isThere() && first.time < timestamp) {
                previous = first.time;
            }
            if (first.isThere() && !rightFound) {
                rightOf(first);
            }
            makeRight();
            makeRightOfPrevious();
            add(
                    first,
                    parts.results().own(first, out),
                    first.isThere() ? Math.max(timestamp, first.time) : timestamp);
        }
    }
}
