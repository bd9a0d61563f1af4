package io.varve.projections;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What windows hold, by their definition: all records are remembered, and each window is looked for
 * among them.
 */
abstract class WindowOracle {
    /** A window with its records in the order in which they came. */
    static final class Found {
        final String key;
        final long start;
        final long end;
        String words = "";

        Found(String key, long start, long end) {
            this.key = key;
            this.start = start;
            this.end = end;
        }

        String name() {
            return key + "@" + start + "-" + end;
        }
    }

    final Map<String, Found> windows = new TreeMap<>();
    private final List<String> closed = new ArrayList<>();
    private final long wait;
    private long streamTime = Long.MIN_VALUE / 2;
    private long closedTo = Long.MIN_VALUE / 2;

    private final Comparator<Found> order;

    /**
     * Without windows.
     *
     * @param wait how long after its end a window is closed
     * @param byKey whether of windows with one end those of one key are told of together
     */
    WindowOracle(long wait, boolean byKey) {
        this.wait = wait;
        Comparator<Found> byStart = Comparator.comparingLong(one -> one.start);
        Comparator<Found> keys = Comparator.comparing(one -> one.key);
        this.order =
                Comparator.comparingLong((Found one) -> one.end)
                        .thenComparing(
                                byKey ? keys.thenComparing(byStart) : byStart.thenComparing(keys));
    }

    final void record(String key, String word, long time) {
        streamTime = Math.max(streamTime, time);
        closedTo = streamTime - wait;
        add(key, word, time);
        List<Found> due =
                windows.values().stream()
                        .filter(one -> one.end <= closedTo && !isTold(one))
                        .sorted(order)
                        .toList();
        due.forEach(one -> closed.add(one.name() + "=" + one.words));
    }

    private boolean isTold(Found one) {
        return closed.stream().anyMatch(line -> line.startsWith(one.name() + "="));
    }

    final boolean isClosed(long end) {
        return end <= closedTo;
    }

    abstract void add(String key, String word, long time);

    final Found window(String key, long start, long end) {
        Found fresh = new Found(key, start, end);
        return windows.computeIfAbsent(fresh.name(), name -> fresh);
    }

    final Map<String, String> rows() {
        Map<String, String> rows = new TreeMap<>();
        windows.forEach((name, found) -> rows.put(name, found.words));
        return rows;
    }

    /** Each window that closed, in order, with what it held. */
    final List<String> closed() {
        return closed;
    }

    /** Each multiple of the hop that is in reach begins one. */
    static final class Hopping extends WindowOracle {
        private final long size;
        private final long hop;

        Hopping(long size, long hop, long grace, boolean byKey) {
            super(grace, byKey);
            this.size = size;
            this.hop = hop;
        }

        @Override
        void add(String key, String word, long time) {
            for (long start = 0; start <= time; start += hop) {
                if (time < start + size && !isClosed(start + size)) {
                    window(key, start, start + size).words += word;
                }
            }
        }
    }

    /** Sessions are merged until no two are a gap or less apart, but for those that are closed. */
    static final class Sessions extends WindowOracle {
        private final long gap;

        Sessions(long gap, long grace, boolean byKey) {
            super(gap + grace + 1, byKey);
            this.gap = gap;
        }

        @Override
        void add(String key, String word, long time) {
            List<Found> near =
                    windows.values().stream()
                            .filter(one -> one.key.equals(key) && !isClosed(one.end))
                            .filter(one -> one.start - gap <= time && time <= one.end + gap)
                            .sorted(Comparator.comparingLong(one -> one.start))
                            .toList();
            long start = near.stream().mapToLong(one -> one.start).min().orElse(time);
            long end = near.stream().mapToLong(one -> one.end).max().orElse(time);
            start = Math.min(start, time);
            end = Math.max(end, time);
            if (isClosed(end) || isBeforeClosed(key, time)) {
                return;
            }
            String words = "";
            for (Found one : near) {
                words += one.words;
                windows.remove(one.name());
            }
            window(key, start, end).words = words + word;
        }

        private boolean isBeforeClosed(String key, long time) {
            return windows.values().stream()
                    .anyMatch(one -> one.key.equals(key) && isClosed(one.end) && one.start > time);
        }
    }

    /**
     * One that ends at each record, and one that begins behind each, if something is in it. One
     * that is closed changes no more.
     */
    static final class Sliding extends WindowOracle {
        private final long difference;

        private record Entry(String key, String word, long time) {}

        private final List<Entry> entries = new ArrayList<>();

        Sliding(long difference, long grace, boolean byKey) {
            super(grace + 1, byKey);
            this.difference = difference;
        }

        @Override
        void add(String key, String word, long time) {
            if (isClosed(time + difference)) {
                return;
            }
            entries.add(new Entry(key, word, time));
            for (Entry entry : entries) {
                look(entry.key(), Math.max(0, entry.time() - difference));
                look(entry.key(), entry.time() + 1);
            }
        }

        private void look(String key, long start) {
            Found one = new Found(key, start, start + difference);
            if (isClosed(one.end)) {
                return;
            }
            String words = "";
            for (Entry entry : entries) {
                if (entry.key().equals(key) && entry.time() >= start && entry.time() <= one.end) {
                    words += entry.word();
                }
            }
            if (!words.isEmpty()) {
                window(key, start, start + difference).words = words;
            }
        }
    }
}
