package io.varve.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Goes through a record, call by call, and looks at what the disk may hold at each: of the part
 * that the call changes, image by image, each once; and at times of everything at once.
 */
final class CrashWalk {
    /**
     * How much is looked at.
     *
     * @param systematic see {@link CrashPicks#of}
     * @param byChance see {@link CrashPicks#of}
     * @param eachCall one of so many calls is looked at
     * @param eachWhole one image of everything for so many of these; three for one that changes
     *     what is around read models
     * @param mostImages after which it ends
     */
    record Effort(int systematic, int byChance, int eachCall, int eachWhole, int mostImages) {}

    private static final int AROUND = 3;
    private static final int EACH_GONE_ON = 12;
    private static final int EACH_RESTORED = 8;

    private final RecordedRun run;
    private final Effort effort;
    private final CrashTally tally;
    private final CrashDisk disk;
    private final CrashPromise promise;
    private final CrashChecks checks;
    private final CrashFuture future;
    private final CrashFolder folder;
    private final CrashFolder whole;
    private final SplittableRandom random;
    private final CrashPicks picks;
    private final Map<Long, CrashChecks.Extent> seen = new HashMap<>();
    private RecordedCall now;

    CrashWalk(RecordedRun run, Path memory, Effort effort, CrashTally tally) throws IOException {
        this.run = run;
        this.effort = effort;
        this.tally = tally;
        this.random = new SplittableRandom(run.seed());
        this.disk = new CrashDisk(run.inode());
        this.picks = new CrashPicks(disk, random);
        this.promise = new CrashPromise(run);
        CrashEvents events = new CrashEvents(run.seed());
        this.checks = new CrashChecks(events, promise, run.async());
        this.future = new CrashFuture(events, promise, checks, run.async());
        this.folder = new CrashFolder(memory.resolve("image"));
        this.whole = new CrashFolder(memory.resolve("whole"));
    }

    /** All calls, or as many as there are images wanted. */
    void walk() throws IOException, InterruptedException {
        for (RecordedCall call : run.calls()) {
            if (isEnough()) {
                return;
            }
            now = call;
            disk.apply(call);
            if (call.kind() == RecordedCall.Kind.MARK) {
                promise.mark(call.text());
            } else if (call.kind() != RecordedCall.Kind.SYNC
                    && random.nextInt(effort.eachCall()) == 0) {
                look(call); // a sync makes the images fewer, and none that were not there before
            }
            disk.settle(call);
        }
    }

    private boolean isEnough() {
        return tally.isHopeless() || tally.images() >= effort.mostImages();
    }

    private void look(RecordedCall call) throws IOException, InterruptedException {
        String path = disk.path(call);
        if (path.isEmpty() || path.endsWith("lock.mdb") || path.endsWith("varve.lock")) {
            return; // what is in them is worth nothing after a crash
        }
        CrashPart part = CrashPart.of(path);
        if (part.equals(CrashPart.EVERYTHING)) {
            lookAtAll(AROUND);
            return;
        }
        for (CrashPick pick : picks.of(part, call, effort.systematic(), effort.byChance())) {
            if (!isEnough()) {
                look(part, pick);
            }
        }
        if (random.nextInt(effort.eachWhole()) == 0) {
            lookAtAll(1);
        }
    }

    private void look(CrashPart part, CrashPick pick) throws IOException, InterruptedException {
        Map<String, Long> names = pick.names();
        long hash = part.hash(names, disk, pick);
        if (part.kind() != CrashPart.Kind.STORE) {
            hash += promise.hash(part.path());
        }
        CrashChecks.Extent known = seen.get(hash);
        if (known != null) {
            if (part.kind() == CrashPart.Kind.STORE && known != CrashChecks.Extent.WRONG) {
                guarded(part, pick, () -> promise.check(known.first(), known.head()));
            }
            return;
        }
        tally.count(part.kind());
        folder.write(part, names, disk, pick);
        seen.put(hash, CrashChecks.Extent.WRONG);
        long key = hash;
        guarded(part, pick, () -> seen.put(key, open(part)));
    }

    private CrashChecks.Extent open(CrashPart part) throws IOException {
        Path path = folder.root().resolve(part.path());
        switch (part.kind()) {
            case STORE -> {
                return checks.store(folder.root(), random.nextInt(EACH_GONE_ON) == 0);
            }
            case STATE -> checks.state(part.path(), path);
            case STREAMS -> CrashChecks.streams(path);
            default -> future.backups(folder.root());
        }
        return CrashChecks.Extent.NONE;
    }

    private interface Check {
        void run() throws IOException, InterruptedException;
    }

    /** What is wrong is told with all that it takes to make the image again. */
    private void guarded(CrashPart part, CrashPick pick, Check check)
            throws IOException, InterruptedException {
        try {
            check.run();
        } catch (RuntimeException | AssertionError e) {
            tally.violated(
                    part
                            + " behind call "
                            + disk.calls()
                            + ", "
                            + now
                            + "; "
                            + pick
                            + "; run seed="
                            + run.seed()
                            + " async="
                            + run.async()
                            + ": "
                            + e);
        }
    }

    private void lookAtAll(int times) throws IOException, InterruptedException {
        for (int i = 0; i < times && !isEnough(); i++) {
            lookAtAll(picks.any());
        }
    }

    private void lookAtAll(CrashPick pick) throws IOException, InterruptedException {
        CrashPart all = CrashPart.EVERYTHING;
        Map<String, Long> names = pick.names();
        long hash = all.hash(names, disk, pick) + promise.hash("");
        if (seen.putIfAbsent(hash, CrashChecks.Extent.NONE) != null) {
            return;
        }
        tally.count(all.kind());
        whole.write(all, names, disk, pick);
        boolean restores = random.nextInt(EACH_RESTORED) == 0;
        guarded(all, pick, () -> goOn(restores));
    }

    private void goOn(boolean restores) throws IOException, InterruptedException {
        future.check(whole.root());
        if (restores) {
            future.restore(whole.root());
            future.lose(whole.root());
        }
    }
}
