package io.varve.parity;

import java.util.List;
import java.util.Optional;

/** A step of a topology, which both systems can make. Parents are numbers of earlier steps. */
sealed interface Step {
    /** Which steps it stands on. */
    List<Integer> from();

    /** The same on other steps. */
    Step on(List<Integer> from);

    /** What it makes. */
    Kind kind();

    /** On no step. */
    sealed interface Root extends Step {
        @Override
        default List<Integer> from() {
            return List.of();
        }

        @Override
        default Step on(List<Integer> from) {
            return this;
        }
    }

    /** On one step. */
    sealed interface Single extends Step {
        int parent();

        @Override
        default List<Integer> from() {
            return List.of(parent());
        }
    }

    /** What a store keeps. */
    sealed interface Kept extends Step {
        /** How long versions are kept, in milliseconds; empty where only the latest is. */
        Optional<Long> history();
    }

    record Source(String category) implements Root {
        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record Filter(int parent, Kind kind, Check check, boolean not) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new Filter(from.get(0), kind, check, not);
        }
    }

    record MapValues(int parent, Kind kind, Change change) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new MapValues(from.get(0), kind, change);
        }
    }

    record MapBoth(int parent, KeyChange key, Change change) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new MapBoth(from.get(0), key, change);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record FlatMapValues(int parent, Spread spread) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new FlatMapValues(from.get(0), spread);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record SelectKey(int parent, KeyChange key) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new SelectKey(from.get(0), key);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record Peek(int parent) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new Peek(from.get(0));
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record Merge(int left, int right) implements Pair {
        @Override
        public Step on(List<Integer> from) {
            return new Merge(from.get(0), from.get(1));
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    /** By the key there is, or by another. */
    record Aggregate(int parent, Optional<KeyChange> by, Folding folding, Optional<Long> history)
            implements Single, Kept {
        Aggregate(int parent, Optional<KeyChange> by, Folding folding) {
            this(parent, by, folding, Optional.empty());
        }

        @Override
        public Step on(List<Integer> from) {
            return new Aggregate(from.get(0), by, folding, history);
        }

        @Override
        public Kind kind() {
            return Kind.TABLE;
        }
    }

    record ToTable(int parent, Optional<Long> history) implements Single, Kept {
        ToTable(int parent) {
            this(parent, Optional.empty());
        }

        @Override
        public Step on(List<Integer> from) {
            return new ToTable(from.get(0), history);
        }

        @Override
        public Kind kind() {
            return Kind.TABLE;
        }
    }

    record ToStream(int parent) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new ToStream(from.get(0));
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record AggregateWindows(int parent, Optional<KeyChange> by, Folding folding, Windowing windows)
            implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new AggregateWindows(from.get(0), by, folding, windows);
        }

        @Override
        public Kind kind() {
            return Kind.WINDOWED_TABLE;
        }
    }

    /**
     * Changes are told of later.
     *
     * @param limit how many milliseconds later; empty until windows close
     * @param rows how many are held back at most, of which the first is told of then; empty for any
     */
    record Suppress(int parent, Kind kind, Optional<Long> limit, Optional<Long> rows)
            implements Single {
        Suppress(int parent, Kind kind, Optional<Long> limit) {
            this(parent, kind, limit, Optional.empty());
        }

        @Override
        public Step on(List<Integer> from) {
            return new Suppress(from.get(0), kind, limit, rows);
        }
    }

    /** A table whose rows expire, and its changes; for Varve alone. */
    record Expiring(int parent, long millis) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new Expiring(from.get(0), millis);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    /** Keys become text with the bounds of the window. */
    record WindowsToStream(int parent) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new WindowsToStream(from.get(0));
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record FlatMap(int parent, KeyChange key, Spread spread) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new FlatMap(from.get(0), key, spread);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    /** One of two branches. */
    record Branch(int parent, Check check, boolean other) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new Branch(from.get(0), check, other);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    /** On two steps. */
    sealed interface Pair extends Step {
        int left();

        int right();

        @Override
        default List<Integer> from() {
            return List.of(left(), right());
        }
    }

    /**
     * Of a stream with a table.
     *
     * @param grace how long records wait for it, in milliseconds
     */
    record JoinTable(int left, int right, Joining joining, Optional<Long> grace) implements Pair {
        JoinTable(int left, int right, Joining joining) {
            this(left, right, joining, Optional.empty());
        }

        @Override
        public Step on(List<Integer> from) {
            return new JoinTable(from.get(0), from.get(1), joining, grace);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record JoinTables(int left, int right, Joining joining, boolean kept, Optional<Long> history)
            implements Pair, Kept {
        JoinTables(int left, int right, Joining joining, boolean kept) {
            this(left, right, joining, kept, Optional.empty());
        }

        @Override
        public Step on(List<Integer> from) {
            return new JoinTables(from.get(0), from.get(1), joining, kept, history);
        }

        @Override
        public Kind kind() {
            return Kind.TABLE;
        }
    }

    record JoinForeign(int left, int right, KeyChange foreign, Joining joining) implements Pair {
        @Override
        public Step on(List<Integer> from) {
            return new JoinForeign(from.get(0), from.get(1), foreign, joining);
        }

        @Override
        public Kind kind() {
            return Kind.TABLE;
        }
    }

    /** A table by another key, which takes back what was. */
    record GroupTable(int parent, KeyChange by, TableFolding folding, Optional<Long> history)
            implements Single, Kept {
        @Override
        public Step on(List<Integer> from) {
            return new GroupTable(from.get(0), by, folding, history);
        }

        @Override
        public Kind kind() {
            return Kind.TABLE;
        }
    }

    /** Of two streams, in windows. */
    record JoinStreams(int left, int right, Joining joining, Span span) implements Pair {
        @Override
        public Step on(List<Integer> from) {
            return new JoinStreams(from.get(0), from.get(1), joining, span);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    /**
     * Two groups make one row of each key.
     *
     * @param windows and of each window, if there are any
     */
    record Cogroup(
            int left,
            int right,
            Optional<KeyChange> by,
            Folding folding,
            Folding otherFolding,
            Optional<Windowing> windows)
            implements Pair {
        @Override
        public Step on(List<Integer> from) {
            return new Cogroup(from.get(0), from.get(1), by, folding, otherFolding, windows);
        }

        @Override
        public Kind kind() {
            return windows.isPresent() ? Kind.WINDOWED_TABLE : Kind.TABLE;
        }
    }

    /** Records with key and value go to a topic or category; what stands on it reads that. */
    record To(int parent) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new To(from.get(0));
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }

    record Process(int parent, Work work) implements Single {
        @Override
        public Step on(List<Integer> from) {
            return new Process(from.get(0), work);
        }

        @Override
        public Kind kind() {
            return Kind.STREAM;
        }
    }
}
