package io.varve.samples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the store is to reach, and what is told beside it. */
final class Targets {
    private static final String RATE = "events/s";
    private static final int MAIN_BATCH = 10_000;
    private static final int MOST_THREADS = 64;
    private static final double MOST_ALLOCATED = 1_000_000;

    /** 1.15 times a payload of 100 bytes and 24 more. */
    private static final double MOST_DISK_BYTES = 1.15 * (100 + 24);

    private Targets() {}

    /** A line for each whose figures were measured. */
    static List<ResultLine> hold(List<List<ResultLine>> rounds) {
        List<Target> targets = new ArrayList<>();
        targets.addAll(appends());
        targets.addAll(scans());
        targets.addAll(streamsAndPoints());
        targets.addAll(singles());
        targets.addAll(opensAndSpace());
        return targets.stream()
                .map(target -> target.hold(rounds))
                .flatMap(Optional::stream)
                .toList();
    }

    private static ResultLine ours(String work) {
        return ResultLine.of("varve", work);
    }

    private static ResultLine peer(String work, String system, String variant) {
        return ResultLine.of(system, work).with("variant", variant);
    }

    private static List<Target> appends() {
        ResultLine one = ours("append-one").with("batch", MAIN_BATCH);
        ResultLine many = ours("append-many").with("batch", MAIN_BATCH);
        String work = "append-one";
        return List.of(
                Target.ratioAtLeast(
                        0.6, one, RATE, peer(work, "lmdb-limit", "block64k/durable/b10000")),
                Target.ratioAtLeast(
                        0.6, one, RATE, peer(work, "lmdb-limit", "block16k/durable/b10000")),
                Target.told(one, RATE, peer(work, "lmdb-limit", "row/durable/b10000")),
                Target.ratioAtLeast(5, one, RATE, peer(work, "varvedb", "durable/b10000")),
                Target.ratioAtLeast(1.5, one, RATE, peer(work, "chronicle", "durable/b10000")),
                Target.ratioAtLeast(20, one, RATE, peer(work, "sqlite", "durable/b10000")),
                Target.ratioAtLeast(0.5, many, RATE, one),
                Target.told(many, RATE, peer("append-many", "sqlite", "durable/b10000/s10000")),
                Target.told(many, RATE, peer("append-many", "varvedb", "durable/b1/s10000")));
    }

    private static List<Target> scans() {
        ResultLine scan = ours("scan");
        return List.of(
                Target.ratioAtLeast(0.5, scan, RATE, peer("scan", "lmdb-limit", "block64k/async")),
                Target.ratioAtLeast(0.5, scan, RATE, peer("scan", "lmdb-limit", "block16k/async")),
                Target.told(scan, RATE, peer("scan", "lmdb-limit", "row/async")),
                Target.ratioAtLeast(2, scan, RATE, peer("scan", "chronicle", "async")),
                Target.ratioAtLeast(10, scan, RATE, peer("scan", "varvedb", "for_each")),
                Target.told(scan, RATE, peer("scan", "sqlite", "async")),
                Target.atMost(MOST_ALLOCATED, scan, "allocated_bytes"));
    }

    private static List<Target> streamsAndPoints() {
        ResultLine one = ours("stream-one");
        ResultLine small = ours("stream-small").with("cache", "warm");
        ResultLine opened = ours("stream-small").with("cache", "opened");
        ResultLine rows = peer("point", "lmdb-limit", "row/async");
        ResultLine point = ours("point");
        return List.of(
                Target.ratioAtLeast(0.7, one, RATE, ours("scan")),
                Target.told(one, RATE, peer("stream-one", "sqlite", "async")),
                Target.told(one, RATE, peer("stream-one", "varvedb", "for_each")),
                Target.atMost(3, small, "us/first"),
                Target.atMost(0.5, small, "us/further"),
                Target.ratioAtLeast(0.5, small, RATE, rows),
                Target.told(opened, RATE, rows),
                Target.ratioAtLeast(0.6, point, RATE, rows),
                Target.told(point, RATE, peer("point", "sqlite", "async")),
                Target.told(point, RATE, peer("point", "varvedb", "get_archived")));
    }

    private static ResultLine threads(int count) {
        return ours("single").with("threads", count).with("kind", "platform");
    }

    private static List<Target> singles() {
        ResultLine alone = threads(1);
        ResultLine most = threads(MOST_THREADS);
        return List.of(
                Target.ratioAtLeast(15, most, RATE, alone),
                Target.ratioAtLeast(
                        0.8, alone, RATE, peer("single", "lmdb-limit", "row/durable/t1")),
                Target.told(alone, RATE, peer("single", "chronicle", "durable/t1")),
                Target.told(alone, RATE, peer("single", "sqlite", "durable/t1")),
                Target.ratioAtLeast(2, most, RATE, peer("single", "kafka", "durable/t64")),
                Target.told(most, RATE, peer("single", "lmdb-limit", "row/durable/t64")),
                Target.told(most, RATE, peer("single", "chronicle", "durable/t64")),
                Target.told(most, RATE, peer("single", "sqlite", "durable/t64")));
    }

    private static List<Target> opensAndSpace() {
        String figure = "disk_bytes/event";
        ResultLine empty = ours("open").with("state", "empty");
        return List.of(
                Target.ratioAtMost(10, ours("open").with("state", "closed"), "open_ms", empty),
                Target.ratioAtMost(
                        10, ours("open").with("state", "killed"), OpenWork.REST, empty, "open_ms"),
                Target.told(ours("open").with("state", "killed"), "open_ms", empty),
                Target.atMost(MOST_DISK_BYTES, ours("space").with("layout", "one"), figure),
                Target.atMost(MOST_DISK_BYTES, ours("space").with("layout", "many"), figure));
    }
}
