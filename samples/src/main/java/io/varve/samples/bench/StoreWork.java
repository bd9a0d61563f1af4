package io.varve.samples.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One work of the store's benchmark. It measures, checks, and prints its lines. */
interface StoreWork {
    /**
     * Runs it.
     *
     * @param bench with what, and where to
     */
    void run(Workbench bench) throws IOException, InterruptedException;

    /** All there are, by name, in the order they run. */
    static Map<String, StoreWork> all() {
        Map<String, StoreWork> works = new LinkedHashMap<>();
        works.put("append-one", new AppendWork(true, List.of(10_000)));
        works.put("append-many", new AppendWork(false, List.of(10_000)));
        works.put("append-sizes", new AppendWork(true, List.of(1, 100, 1_000_000)));
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
