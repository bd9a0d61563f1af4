package io.varve.runtime;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.varve.projections.RowCache;

/**
 * Keeps those rows that are asked for often and lately, as Caffeine's W-TinyLFU sees it: a run over
 * many keys that are met once does not drive out the ones that are met all the time. It works on
 * the caller's thread and has none of its own.
 */
final class CaffeineRows<R> implements RowCache<R> {
    /** Makes such caches. */
    static final Factory FACTORY =
            new Factory() {
                @Override
                public <R> RowCache<R> create(long max) {
                    return new CaffeineRows<>(max);
                }
            };

    private final Cache<Object, R> rows;

    /** Of the row that is being put: asked for in the course of that, on the same thread. */
    private int weight;

    private CaffeineRows(long max) {
        rows =
                Caffeine.newBuilder()
                        .maximumWeight(max)
                        .weigher((key, row) -> weight)
                        .executor(Runnable::run)
                        .build();
    }

    @Override
    public R getOrDefault(Object key, R missing) {
        R row = rows.getIfPresent(key);
        return row == null ? missing : row;
    }

    @Override
    public void put(Object key, R row, int rowWeight) {
        weight = rowWeight;
        rows.put(key, row);
    }

    @Override
    public long rows() {
        return rows.estimatedSize();
    }

    @Override
    public long weight() {
        return rows.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }
}
