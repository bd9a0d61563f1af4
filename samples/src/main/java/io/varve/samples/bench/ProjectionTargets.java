package io.varve.samples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What projections are to reach, and what is told beside it. */
final class ProjectionTargets {
    private static final String READY = "once_ready/s";
    private static final String P50 = "us_p50";
    private static final String P99 = "us_p99";

    private ProjectionTargets() {}

    /** A line for each whose figures were measured. */
    static List<ResultLine> hold(List<List<ResultLine>> rounds) {
        List<Target> targets = new ArrayList<>();
        targets.addAll(rebuilds());
        targets.addAll(freshness());
        targets.addAll(others());
        return targets.stream()
                .map(target -> target.hold(rounds))
                .flatMap(Optional::stream)
                .toList();
    }

    private static ResultLine ours(String work) {
        return ResultLine.of("varve", work);
    }

    private static ResultLine peer(String work, String system, String workload, String variant) {
        return ResultLine.of(system, work).with("workload", workload).with("variant", variant);
    }

    /**
     * Others run in a fresh JVM; so do we, then, as it comes and with options for such a process.
     */
    private static List<Target> rebuilds() {
        List<Target> targets = new ArrayList<>();
        for (String jvm : RebuildWork.freshJvms()) {
            targets.addAll(rebuilds(ours("rebuild").with("codec", "binary").with("jvm", jvm)));
            targets.add(
                    Target.told(
                            ours("rebuild").with("codec", "json").with("jvm", jvm),
                            READY,
                            rebuilt("kafka", ProjectionPeers.KAFKA_FASTEST)));
        }
        return targets;
    }

    private static List<Target> rebuilds(ResultLine fresh) {
        return List.of(
                Target.ratioAtLeast(0.5, fresh, READY, rebuilt("lmdb-limit", "block64k/durable")),
                Target.told(fresh, READY, rebuilt("lmdb-limit", "block64k/async")),
                Target.ratioAtLeast(20, fresh, READY, rebuilt("kafka", ProjectionPeers.KAFKA_DSL)),
                Target.ratioAtLeast(
                        7, fresh, READY, rebuilt("kafka", ProjectionPeers.KAFKA_FASTEST)),
                Target.ratioAtLeast(
                        7, fresh, READY, rebuilt("kafka", ProjectionPeers.KAFKA_AT_LEAST_ONCE)),
                Target.ratioAtLeast(4, fresh, READY, rebuilt("sqlite", "delta/durable")),
                Target.told(fresh, READY, rebuilt("sqlite", "delta/async")));
    }

    private static ResultLine rebuilt(String system, String variant) {
        return peer("rebuild", system, "W4", variant);
    }

    private static List<Target> freshness() {
        List<Target> targets = new ArrayList<>();
        ResultLine kafka = peer("freshness", "kafka", "W5", ProjectionPeers.KAFKA_AT_LEAST_ONCE);
        ResultLine exact = peer("freshness", "kafka", "W5", ProjectionPeers.KAFKA_EXACTLY_ONCE);
        for (FreshnessWork.Case one : FreshnessWork.CASES) {
            ResultLine fresh = one.in(ours("freshness"));
            targets.add(Target.ratioAtMost(0.05, fresh, P50, kafka));
            targets.add(Target.ratioAtMost(1, fresh, P99, kafka, P50));
            targets.add(Target.told(fresh, P50, exact));
        }
        return targets;
    }

    private static List<Target> others() {
        List<Target> targets = new ArrayList<>();
        for (String kind : TenWork.KINDS) {
            ResultLine ten = ours("ten").with("kind", kind);
            targets.add(
                    Target.ratioAtMost(
                            5,
                            ten.with("projections", 10),
                            "seconds",
                            ours("ten").with("kind", kind).with("projections", 1)));
        }
        ResultLine stuck = ours("stuck").with("stuck", 1);
        targets.add(Target.ratioAtMost(1.2, stuck, P99, ours("stuck").with("stuck", 0)));
        ResultLine restart = ours("restart").with("state", "killed");
        targets.add(Target.atMost(1, restart, "seconds"));
        targets.add(Target.atMost(1, ours("restart").with("state", "killed-archive"), "seconds"));
        targets.add(Target.told(restart, "seconds", ours("restart").with("state", "empty-jvm")));
        targets.add(
                Target.told(
                        restart,
                        "seconds",
                        peer("rebuild", "kafka", "W4crash", ProjectionPeers.KAFKA_FASTEST)));
        ResultLine snapshot = ours("snapshot").with("from", "snapshot");
        targets.add(
                Target.ratioAtMost(
                        1.0 / 5, snapshot, "seconds", ours("snapshot").with("from", "zero")));
        return targets;
    }
}
