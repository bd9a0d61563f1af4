package io.varve.projections;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of a store that are in memory, decoded.
 *
 * <pre>
 *   all fit:          recent   every row that was asked for
 *
 *   they do not:      recent   those asked for since the last commit, changed ones among them
 *                     kept     of the others, what the engine's cache thinks worth it
 * </pre>
 *
 * <p>So a changed row is never at a cache's mercy, and where all fit nothing is paid for deciding
 * which to keep. Each half may take half of the size then; when {@code recent} does, it is time to
 * commit.
 */
final class DecodedRows<K, V> {
    /** So many rows may be changed in any case: commits of fewer would cost more than they save. */
    static final int LEAST_ROWS = 1_000;

    /** But no more than this, in bytes: rows may be large. */
    static final long LEAST_BYTES = 1 << 20;

    private final CacheSize size;
    private final int parts;
    private final RowCache.Factory caches;
    private final Row<K, V> missing = new Row<>(null, new byte[0], null, null);
    private final RowCache<Row<K, V>> nothing = RowCache.Factory.NONE.create(1);
    private Map<K, Row<K, V>> recent = new HashMap<>();

    /** The most rows that this very map had. */
    private int widest;

    /** Of those that are recent, in bytes, whatever the size is counted in. */
    private long bytes;

    private RowCache<Row<K, V>> kept = nothing;
    private boolean all = true;

    /**
     * Has no rows.
     *
     * @param size of these rows alone
     * @param parts how many stores and partitions share what may be changed where nothing is kept
     */
    DecodedRows(CacheSize size, RowCache.Factory caches, int parts) {
        this.size = size;
        this.parts = parts;
        this.caches = caches;
    }

    /** The row, or null where it has to be read. */
    Row<K, V> get(K key) {
        Row<K, V> row = recent.get(key);
        if (row != null || all) {
            return row;
        }
        row = kept.getOrDefault(key, missing);
        if (row == missing) {
            return null;
        }
        put(row);
        return row;
    }

    /** Adds a row that was read. */
    void add(Row<K, V> row, int valueBytes) {
        row.bytes = CacheSize.rowBytes(row.keyBytes.length, valueBytes);
        put(row);
    }

    private void put(Row<K, V> row) {
        recent.put(row.key, row);
        bytes += row.bytes;
    }

    /** Its value was encoded: it has so many bytes. */
    void encoded(Row<K, V> row, int valueBytes) {
        int now = CacheSize.rowBytes(row.keyBytes.length, valueBytes);
        bytes += now - row.bytes;
        row.bytes = now;
    }

    /** Whether there is no room for more before a commit. */
    boolean isFull() {
        boolean full =
                size.isNone()
                        ? recent.size() >= CacheSize.UNCACHED_ROWS / parts
                                || bytes >= CacheSize.UNCACHED_BYTES / parts
                        : used() >= (all ? size.max() : size.max() / 2);
        return full && areWorthACommit();
    }

    private boolean areWorthACommit() {
        return recent.size() >= LEAST_ROWS || bytes >= LEAST_BYTES;
    }

    /** What is recent, in the unit of the size. */
    private long used() {
        return size.unit() == CacheSize.Unit.ENTRIES ? recent.size() : bytes;
    }

    /** Rows were committed: from now on any may be let go. */
    void committed(List<Row<K, V>> written) {
        if (size.isNone()) {
            forgetRecent();
        } else if (!all) {
            written.forEach(this::keep);
            forgetRecent();
        } else if (used() > size.max()) {
            all = false;
            kept = caches.create(Math.max(1, size.max() / 2));
            recent.values().forEach(this::keep);
            forgetRecent();
        }
    }

    private void keep(Row<K, V> row) {
        // What came from there need not be put there again. If it was dropped meanwhile, so be it.
        int weight = size.unit() == CacheSize.Unit.ENTRIES ? 1 : row.bytes;
        if (row.keptWeight != weight) {
            row.keptWeight = weight;
            kept.put(row.key, row, weight);
        }
    }

    /** Clearing takes as long as the map was ever wide, so a wide one is not used for few. */
    private void forgetRecent() {
        widest = Math.max(widest, recent.size());
        if (recent.size() < widest / 8) {
            recent = new HashMap<>();
            widest = 0;
        } else {
            recent.clear();
        }
        bytes = 0;
    }

    /** Forgets all. Takes no memory: it may be what frees some where there is none. */
    void clear() {
        widest = Math.max(widest, recent.size());
        recent.clear();
        bytes = 0;
        kept = nothing;
        all = true;
    }

    /** How many there are. */
    long rows() {
        return recent.size() + kept.rows(); // right after a commit none is in both
    }

    /** What they take, in the unit of the size. */
    long weight() {
        return used() + kept.weight();
    }
}
