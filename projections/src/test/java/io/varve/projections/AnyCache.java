package io.varve.projections;

import io.varve.store.state.StateEnvironment;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A cache that drops whatever it likes, for tasks whose results must not depend on it. */
final class AnyCache<R> implements RowCache<R> {
    private final Map<Object, R> rows = new HashMap<>();
    private final Random random;
    private final long max;

    private AnyCache(Random random, long max) {
        this.random = random;
        this.max = max;
    }

    /** A task with a cache of some size. */
    static ProjectionTask task(Topology topology, StateEnvironment environment, Random random) {
        Random drops = new Random(random.nextLong());
        return new ProjectionTask(
                topology, environment, Partition.WHOLE, anySize(random), factory(drops));
    }

    private static CacheSize anySize(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> CacheSize.none();
            case 1 -> CacheSize.DEFAULT;
            case 2 -> CacheSize.bytes(random.nextInt(4_000));
            default -> CacheSize.entries(random.nextInt(12));
        };
    }

    static Factory factory(Random random) {
        return new Factory() {
            @Override
            public <R> RowCache<R> create(long max) {
                return new AnyCache<>(random, max);
            }
        };
    }

    private void dropSome() {
        rows.keySet().removeIf(key -> random.nextInt(4) == 0);
    }

    @Override
    public R getOrDefault(Object key, R missing) {
        dropSome();
        return rows.getOrDefault(key, missing);
    }

    @Override
    public void put(Object key, R row, int weight) {
        rows.put(key, row);
        dropSome();
    }

    @Override
    public long rows() {
        return rows.size();
    }

    @Override
    public long weight() {
        return Math.min(max, rows.size());
    }
}
