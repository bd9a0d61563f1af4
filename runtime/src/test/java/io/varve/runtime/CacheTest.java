package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.CacheCounts;
import io.varve.projections.CacheSize;
import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is kept of rows in memory, and that it does not matter for what they are. */
class CacheTest extends RuntimeTestBase {
    private static final StoreRef<Long, Long> COUNTS = StoreRef.of("counts");
    private static final StreamId STREAM = StreamId.of("notes", "all");

    private final Map<Long, Long> expected = new HashMap<>();
    private final Random random = new Random(Long.getLong("varve.seed", 42));

    private Projection counting(boolean cached) {
        Materialized<Long, Long> counts = Materialized.as(COUNTS);
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde))
                .groupBy((stream, note) -> note.author(), Grouped.keySerde(Serdes.int64()))
                .count(cached ? counts : counts.withCachingDisabled());
        return Projection.of("counts", 1, builder.build());
    }

    private void appendAll(int count, int authors) {
        EventBatch batch = new EventBatch();
        for (int i = 0; i < count; i++) {
            long author = count == authors ? i : random.nextInt(authors);
            batch.add(STREAM, serde, new Notes.Note(author, i));
            expected.merge(author, 1L, Long::sum);
        }
        store.append(batch);
    }

    private ProjectionRuntime counted(Projection projection, CacheSize size) throws Exception {
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .listener(states)
                                .add(projection, FAILING.withCacheSize(size))
                                .build());
        runtime.start();
        assertCounts(runtime);
        return runtime;
    }

    private void assertCounts(ProjectionRuntime runtime) throws InterruptedException {
        PositionBound all = PositionBound.at(store.head());
        try (ReadView view = runtime.readView("counts", all, Notes.LONG)) {
            Map<Long, Long> counts = new HashMap<>();
            view.store(COUNTS).forEach(counts::put);
            assertEquals(expected, counts);
        }
    }

    @Test
    void shouldKeepAllRowsWhereTheyFit() throws Exception {
        appendAll(3_000, 100);
        ProjectionRuntime runtime = counted(counting(true), CacheSize.entries(100));
        CacheCounts cache = runtime.metrics("counts").cache();
        assertEquals(new CacheCounts(2_900, 100, 100, 100), cache);
    }

    @Test
    void shouldKeepHalfTheSizeWhereRowsDoNotFit() throws Exception {
        appendAll(3_000, 1_000);
        ProjectionRuntime runtime = counted(counting(true), CacheSize.entries(200));
        for (int i = 0; i < 5; i++) {
            appendAll(50, 1_000);
            assertCounts(runtime);
        }
        CacheCounts cache = runtime.metrics("counts").cache();
        assertEquals(3_250, cache.hits() + cache.misses());
        assertTrue(cache.size() > 0 && cache.size() <= 100, cache::toString);
        assertTrue(cache.rows() <= 100, cache::toString);
    }

    /** Rows of a few bytes: what they take is a matter of the objects that hold them. */
    @Test
    void shouldKeepAllRowsWhereTheirBytesFit() throws Exception {
        appendAll(3_000, 100);
        ProjectionRuntime runtime = counted(counting(true), CacheSize.bytes(1 << 20));
        ProjectionMetrics figures = runtime.metrics("counts");
        CacheCounts cache = figures.cache();
        assertEquals(2_900, cache.hits());
        assertEquals(100, cache.misses());
        assertEquals(100, cache.rows());
        assertEquals(2_900 / 3_000.0, cache.hitRate(), 1e-9);
        assertTrue(cache.size() >= 100 * 16 && cache.size() <= 100 * 1_000, cache::toString);
    }

    @Test
    void shouldKeepHalfTheBytesWhereRowsDoNotFit() throws Exception {
        int size = 40_000;
        appendAll(3_000, 1_000);
        ProjectionRuntime runtime = counted(counting(true), CacheSize.bytes(size));
        for (int i = 0; i < 5; i++) {
            appendAll(50, 1_000);
            assertCounts(runtime);
        }
        CacheCounts cache = runtime.metrics("counts").cache();
        assertEquals(3_250, cache.hits() + cache.misses());
        assertTrue(cache.size() > size / 8 && cache.size() <= size / 2, cache::toString);
        assertTrue(cache.rows() > 0 && cache.rows() < 1_000, cache::toString);
        double part = (double) cache.rows() / 1_000;
        assertTrue(cache.hitRate() > part / 2 && cache.hitRate() < 0.8, cache::toString);
    }

    private static String text(long size) {
        return "x".repeat((int) size);
    }

    /** A few large rows fill as many bytes as many small ones. */
    @Test
    void shouldCountTheBytesOfLargeRows() throws Exception {
        StoreRef<Long, String> texts = StoreRef.of("texts");
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde))
                .groupBy((stream, note) -> note.author(), Grouped.keySerde(Serdes.int64()))
                .aggregate(
                        () -> "",
                        (author, note, text) -> text(author * 1_000 + note.number() % 2),
                        Materialized.as(texts, Serdes.int64(), Serdes.utf8()));
        appendAll(1_000, 20);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        Projection.of("texts", 1, builder.build()),
                                        FAILING.withCacheSize(CacheSize.bytes(1 << 20)))
                                .build());
        runtime.start();
        assertTrue(runtime.awaitPosition("texts", store.head(), Notes.LONG));
        CacheCounts cache = runtime.metrics("texts").cache();
        long bytes = 19 * 20 / 2 * 1_000; // of all authors
        assertEquals(20, cache.rows());
        assertTrue(cache.size() >= bytes && cache.size() <= 3 * bytes, cache::toString);
    }

    @Test
    void shouldKeepNothingOfAStoreWhoseCachingIsDisabled() throws Exception {
        appendAll(1_000, 10);
        ProjectionRuntime runtime = counted(counting(false), CacheSize.DEFAULT);
        assertEquals(0, runtime.metrics("counts").cache().rows());
        assertEquals(0, runtime.metrics("counts").cache().size());
    }

    @Test
    void shouldCommitBeforeChangedRowsOutgrowTheCache() throws Exception {
        appendAll(5_000, 5_000);
        ProjectionRuntime runtime = counted(counting(true), CacheSize.entries(1));
        ProjectionMetrics figures = runtime.metrics("counts");
        assertTrue(figures.commitTotal() >= 4, "commits=" + figures.commitTotal());
        assertTrue(figures.cache().rows() <= 1, () -> figures.cache().toString());
    }

    @Test
    void shouldBeNoLargerForOtherTimes() throws Exception {
        AtomicInteger decoded = new AtomicInteger();
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("notes", Consumed.with(serde))
                .groupBy((stream, note) -> note.author(), Grouped.keySerde(Serdes.int64()))
                .count(Materialized.as(COUNTS, Serdes.int64(), counting(decoded)));
        appendAll(300, 1);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .config(
                                        RuntimeConfig.defaults()
                                                .withSlotEvents(10)
                                                .withCatchUpBatchEvents(10))
                                .add(
                                        Projection.of("counts", 1, builder.build()),
                                        FAILING.withCacheSize(CacheSize.none()))
                                .build());
        runtime.start();
        assertCounts(runtime);
        decoded.set(0);
        try (ReadView view = runtime.timeTravel("counts").asOf(199)) {
            assertEquals(19, decoded.get(), "once after each commit");
            assertEquals(199, view.position());
        }
        decoded.set(0);
        try (WhatIf whatIf = runtime.timeTravel("counts").whatIf()) {
            for (int i = 0; i < 5; i++) {
                whatIf.append("notes", "all", new Notes.Note(0, i));
            }
        }
        assertEquals(5, decoded.get());
    }

    private static Serde<Long> counting(AtomicInteger decoded) {
        Serde<Long> counted = Serdes.int64();
        return new Serde<>() {
            @Override
            public void serialize(Long value, BytesWriter out) {
                counted.serialize(value, out);
            }

            @Override
            public Long deserialize(BytesView in) {
                decoded.incrementAndGet();
                return counted.deserialize(in);
            }
        };
    }
}
