package io.varve.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Changed rows that wait to be told. Belongs to who holds its watch's monitor. */
sealed interface PendingRows {
    /** Adds the changes of a commit, which is the newest. */
    void add(ChangedRows commit);

    /** Takes what is to be told next. */
    Optional<ChangedRows> poll();

    boolean isEmpty();

    /** How many rows wait. */
    int rows();

    /** How many bytes of keys and values wait. */
    long bytes();

    void clear();

    /** Commit by commit. */
    final class Commits implements PendingRows {
        private final Deque<ChangedRows> commits = new ArrayDeque<>();
        private int rows;
        private long bytes;

        @Override
        public void add(ChangedRows commit) {
            commits.add(commit);
            rows += commit.rows().size();
            bytes += commit.bytes();
        }

        @Override
        public Optional<ChangedRows> poll() {
            Optional<ChangedRows> next = Optional.ofNullable(commits.poll());
            next.ifPresent(
                    commit -> {
                        rows -= commit.rows().size();
                        bytes -= commit.bytes();
                    });
            return next;
        }

        @Override
        public boolean isEmpty() {
            return commits.isEmpty();
        }

        @Override
        public int rows() {
            return rows;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void clear() {
            commits.clear();
            rows = 0;
            bytes = 0;
        }
    }

    /** Of each row the newest value only, all commits as one. */
    final class Newest implements PendingRows {
        private final Map<byte[], Optional<byte[]>> byKey = new TreeMap<>(Arrays::compareUnsigned);
        private long position;
        private long bytes;

        @Override
        public void add(ChangedRows commit) {
            position = commit.position();
            for (ChangedRows.Row row : commit.rows()) {
                Optional<byte[]> before = byKey.put(row.key(), row.value());
                if (before != null) {
                    bytes -= new ChangedRows.Row(row.key(), before).bytes();
                }
                bytes += row.bytes();
            }
        }

        @Override
        public Optional<ChangedRows> poll() {
            if (byKey.isEmpty()) {
                return Optional.empty();
            }
            List<ChangedRows.Row> all = new ArrayList<>(byKey.size());
            byKey.forEach((key, value) -> all.add(new ChangedRows.Row(key, value)));
            clear();
            return Optional.of(new ChangedRows(position, all));
        }

        @Override
        public boolean isEmpty() {
            return byKey.isEmpty();
        }

        @Override
        public int rows() {
            return byKey.size();
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void clear() {
            byKey.clear();
            bytes = 0;
        }
    }
}
