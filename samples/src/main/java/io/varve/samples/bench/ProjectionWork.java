package io.varve.samples.bench;

import io.varve.store.state.StateConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** One work of the projections' benchmark. It measures, checks, and prints its lines. */
interface ProjectionWork {
    /** Longer than anything takes that does not hang. */
    Duration PATIENCE = Duration.ofHours(1);

    /**
     * Runs it.
     *
     * @param bench with what, and where to
     */
    void run(Workbench<ProjectionSizes> bench) throws IOException, InterruptedException;

    /** All there are, by name, in the order they run. */
    static Map<String, ProjectionWork> all() {
        Map<String, ProjectionWork> works = new LinkedHashMap<>();
        works.put("rebuild", new RebuildWork());
        works.put("ten", new TenWork());
        works.put("freshness", new FreshnessWork());
        works.put("stuck", new StuckWork());
        works.put("cardinality", new CardinalityWork());
        works.put("restart", new RestartWork());
        works.put("snapshot", new SnapshotWork());
        works.put("allocation", new AllocationWork());
        return works;
    }

    /**
     * Says how log and read models were kept: the log is on disk before an append returns, read
     * models are synced at intervals, and go back to that and on from there after a crash of the
     * machine.
     */
    static ResultLine kept(ResultLine line) {
        return line.with("durability", "SYNC")
                .with("read_model_sync_ms", StateConfig.DEFAULT_SYNC_INTERVAL.toMillis());
    }
}
