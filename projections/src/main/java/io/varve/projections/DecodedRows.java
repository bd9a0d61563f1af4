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

    /** But no more than this, in bytes, where bytes are counted: rows may be large. */
    static final long LEAST_BYTES = 1 << 20;

    /** So many where nothing is kept beyond a commit. */
    static final int UNCACHED_ROWS = 50_000;

    private final CacheSize size;
    private final RowCache.Factory caches;
    private final Row<K, V> missing = new Row<>(null, new byte[0], null, null);
    private final RowCache<Row<K, V>> nothing = RowCache.Factory.NONE.create(1);
    private Map<K, Row<K, V>> recent = new HashMap<>();

    /** The most rows that this very map had. */
    private int widest;

    private long weight;
    private RowCache<Row<K, V>> kept = nothing;
    private boolean all = true;

    DecodedRows(CacheSize size, RowCache.Factory caches) {
        this.size = size;
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
        row.weight = size.weight(row.keyBytes.length, valueBytes);
        put(row);
    }

    private void put(Row<K, V> row) {
        recent.put(row.key, row);
        weight += row.weight;
    }

    /** Its value was encoded: it has so many bytes. */
    void encoded(Row<K, V> row, int valueBytes) {
        int now = size.weight(row.keyBytes.length, valueBytes);
        weight += now - row.weight;
        row.weight = now;
    }

    /** Whether there is no room for more before a commit. */
    boolean isFull() {
        if (size.isNone()) {
            return recent.size() >= UNCACHED_ROWS;
        }
        return weight >= (all ? size.max() : size.max() / 2) && areWorthACommit();
    }

    private boolean areWorthACommit() {
        return recent.size() >= LEAST_ROWS
                || size.unit() == CacheSize.Unit.BYTES && weight >= LEAST_BYTES;
    }

    /** Rows were committed: from now on any may be let go. */
    void committed(List<Row<K, V>> written) {
        if (size.isNone()) {
            forgetRecent();
        } else if (!all) {
            written.forEach(this::keep);
            forgetRecent();
        } else if (weight > size.max()) {
            all = false;
            kept = caches.create(Math.max(1, size.max() / 2));
            recent.values().forEach(this::keep);
            forgetRecent();
        }
    }

    private void keep(Row<K, V> row) {
        // What came from there need not be put there again. If it was dropped meanwhile, so be it.
        if (row.keptWeight != row.weight) {
            row.keptWeight = row.weight;
            kept.put(row.key, row, row.weight);
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
        weight = 0;
    }

    /** Forgets all. Takes no memory: it may be what frees some where there is none. */
    void clear() {
        widest = Math.max(widest, recent.size());
        recent.clear();
        weight = 0;
        kept = nothing;
        all = true;
    }

    /** How many there are. */
    long rows() {
        return recent.size() + kept.rows(); // right after a commit none is in both
    }

    /** What they take, in the unit of the size. */
    long weight() {
        return weight + kept.weight();
    }
}
