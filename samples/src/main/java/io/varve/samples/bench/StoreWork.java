package io.varve.samples.bench;

import io.varve.store.Durability;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One work of the store's benchmark. It measures, checks, and prints its lines. */
interface StoreWork {
    /** How long an append may be without a sync, where it does not wait for one. */
    int ASYNC_MILLIS = 100;

    /**
     * Runs it.
     *
     * @param bench with what, and where to
     */
    void run(Workbench<Sizes> bench) throws IOException, InterruptedException;

    /** All there are, by name, in the order they run. */
    static Map<String, StoreWork> all() {
        Map<String, StoreWork> works = new LinkedHashMap<>();
        works.put("append-one", new AppendWork(true, List.of(10_000)));
        works.put("append-many", new AppendWork(false, List.of(10_000)));
        works.put("append-sizes", new AppendWork(true, List.of(1, 100, 1_000_000)));
        works.put(
                "async",
                new AppendWork(
                        true,
                        List.of(10_000, 1, 10, 100),
                        "ASYNC(" + ASYNC_MILLIS + "ms)",
                        config ->
                                config.withDurability(
                                        Durability.async(Duration.ofMillis(ASYNC_MILLIS)))));
        works.put("scan", new ScanWork());
        works.put("stream-one", new StreamOneWork());
        works.put("point", new PointWork());
        works.put("stream-small", new StreamSmallWork());
        works.put("single", new SingleWork());
        works.put("open", new OpenWork());
        works.put("space", new SpaceWork());
        return works;
    }
}
