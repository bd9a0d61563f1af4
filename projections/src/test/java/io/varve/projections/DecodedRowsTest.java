package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecodedRowsTest {
    private final Faithful<?> faithful = new Faithful<>();
    private final List<Row<Integer, String>> written = new ArrayList<>();

    /** Keeps all, and says what it was asked to. */
    private static final class Faithful<R> implements RowCache<R> {
        private final Map<Object, R> rows = new HashMap<>();
        private final Map<Object, Integer> weights = new HashMap<>();
        private long max;
        private int puts;

        @Override
        public R getOrDefault(Object key, R missing) {
            return rows.getOrDefault(key, missing);
        }

        @Override
        public void put(Object key, R row, int weight) {
            rows.put(key, row);
            weights.put(key, weight);
            puts++;
        }

        void clear() {
            rows.clear();
            weights.clear();
        }

        @Override
        public long rows() {
            return rows.size();
        }

        @Override
        public long weight() {
            return weights.values().stream().mapToLong(i -> i).sum();
        }
    }

    private DecodedRows<Integer, String> rows(CacheSize size) {
        return new DecodedRows<>(
                size,
                new RowCache.Factory() {
                    // One store, so one kind of rows.
                    @Override
                    @SuppressWarnings("unchecked")
                    public <R> RowCache<R> create(long max) {
                        faithful.max = max;
                        return (RowCache<R>) faithful;
                    }
                },
                1);
    }

    private Row<Integer, String> add(DecodedRows<Integer, String> rows, int key) {
        Row<Integer, String> row = new Row<>(key, new byte[4], "" + key, null);
        rows.add(row, 10);
        written.add(row);
        return row;
    }

    private void commit(DecodedRows<Integer, String> rows) {
        rows.committed(written);
        written.clear();
    }

    @Test
    void shouldKeepAllRowsAsLongAsTheyFit() {
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(3));
        Row<Integer, String> first = add(rows, 1);
        add(rows, 2);
        commit(rows);
        add(rows, 3);
        commit(rows);
        assertSame(first, rows.get(1));
        assertEquals(3, rows.rows());
        assertEquals(0, faithful.puts);
    }

    @Test
    void shouldLeaveItToTheCacheWhichRowsStayWhenNotAllFit() {
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(4));
        for (int key = 0; key < 5; key++) {
            add(rows, key);
        }
        assertEquals(0, faithful.puts);
        commit(rows);
        assertEquals(2, faithful.max);
        assertEquals(5, faithful.puts);
        faithful.rows.remove(0);
        assertNull(rows.get(0));
        assertEquals("1", rows.get(1).value());
    }

    @Test
    void shouldHoldAChangedRowThatTheCacheHasDropped() {
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(1));
        Row<Integer, String> row = add(rows, 1);
        add(rows, 2);
        commit(rows);
        assertSame(row, rows.get(1));
        row.value("changed");
        faithful.clear();
        assertSame(row, rows.get(1));
    }

    @Test
    void shouldPutARowIntoTheCacheAgainOnlyWhenItsSizeHasChanged() {
        DecodedRows<Integer, String> rows = rows(CacheSize.bytes(500));
        add(rows, 1);
        add(rows, 2);
        add(rows, 3);
        commit(rows);
        Row<Integer, String> row = rows.get(1);
        rows.committed(List.of(row));
        assertEquals(3, faithful.puts);
        rows.get(1);
        rows.encoded(row, 100);
        rows.committed(List.of(row));
        assertEquals(4, faithful.puts);
        assertEquals(CacheSize.ROW_BYTES + 2 * 4 + 2 * 100, faithful.weights.get(1));
    }

    @Test
    void shouldKeepNothingBeyondACommitWithoutACache() {
        DecodedRows<Integer, String> rows = rows(CacheSize.none());
        Row<Integer, String> row = add(rows, 1);
        assertSame(row, rows.get(1));
        commit(rows);
        assertNull(rows.get(1));
        assertEquals(0, rows.rows());
        assertEquals(0, rows.weight());
        for (int key = 0; key < CacheSize.UNCACHED_ROWS; key++) {
            assertFalse(rows.isFull());
            add(rows, key);
        }
        assertTrue(rows.isFull());
    }

    @Test
    void shouldBeFullWhenItHasTheSizeAndThenAtHalfOfIt() {
        int size = 4 * DecodedRows.LEAST_ROWS;
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(size));
        int key = 0;
        while (!rows.isFull()) {
            add(rows, key++);
        }
        assertEquals(size, key);
        add(rows, key++);
        commit(rows);
        assertFalse(rows.isFull());
        for (int i = 0; i < size / 2; i++) {
            assertFalse(rows.isFull());
            add(rows, key++);
        }
        assertTrue(rows.isFull());
        commit(rows);
        assertFalse(rows.isFull());
    }

    @Test
    void shouldNotAskForCommitsOfAFewRowsHoweverSmallItIs() {
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(1));
        for (int key = 0; key < DecodedRows.LEAST_ROWS; key++) {
            assertFalse(rows.isFull());
            add(rows, key);
        }
        assertTrue(rows.isFull());
    }

    @Test
    void shouldAskForACommitOfFewRowsThatAreLarge() {
        DecodedRows<Integer, String> rows = rows(CacheSize.bytes(1 << 20));
        Row<Integer, String> small = add(rows, 1);
        assertFalse(rows.isFull());
        rows.encoded(small, 1 << 20);
        assertTrue(rows.isFull());
    }

    /** Bytes of the heap are counted whatever the size is in. */
    @Test
    void shouldAskForACommitOfLargeRowsWhereNothingIsKeptOrRowsAreCounted() {
        DecodedRows<Integer, String> uncached = rows(CacheSize.none());
        int key = 0;
        while (!uncached.isFull() && key < 1_000) {
            uncached.encoded(add(uncached, key++), 1 << 20);
        }
        assertEquals(8, key); // each takes twice its size
        commit(uncached);
        assertFalse(uncached.isFull());
        DecodedRows<Integer, String> few = rows(CacheSize.entries(2));
        few.encoded(add(few, 1), 1 << 20);
        assertFalse(few.isFull(), "one fits");
        add(few, 2);
        assertTrue(few.isFull());
    }

    @Test
    void shouldForgetAllWhenCleared() {
        DecodedRows<Integer, String> rows = rows(CacheSize.entries(1));
        add(rows, 1);
        add(rows, 2);
        commit(rows);
        add(rows, 3);
        rows.clear();
        for (int key = 1; key <= 3; key++) {
            assertNull(rows.get(key));
        }
        assertEquals(0, rows.weight());
    }

    @Test
    void shouldDivideASizeAndRefuseNegativeOnes() {
        assertEquals(CacheSize.bytes(25), CacheSize.bytes(100).share(4));
        assertEquals(CacheSize.entries(1), CacheSize.entries(3).share(4));
        assertEquals(CacheSize.none(), CacheSize.none().share(4));
        assertThrows(IllegalArgumentException.class, () -> CacheSize.bytes(-1));
        assertThrows(NullPointerException.class, () -> new CacheSize(null, 1));
        assertEquals(Integer.MAX_VALUE, CacheSize.rowBytes(511, Integer.MAX_VALUE));
    }
}
