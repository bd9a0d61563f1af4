package io.varve.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Which images are made of a part at a call: some of each kind, and some by chance. */
final class CrashPicks {
    private static final int MOST_CUTS = 8;
    private static final int NEAR = 20;
    private static final List<CrashPick.Rule> RULES =
            List.of(
                    CrashPick.Rule.NOTHING,
                    CrashPick.Rule.ALL,
                    CrashPick.Rule.UP_TO,
                    CrashPick.Rule.RANDOM,
                    CrashPick.Rule.RANDOM,
                    CrashPick.Rule.RANDOM);

    private final CrashDisk disk;
    private final SplittableRandom random;

    /** Calls that have changed a part, and may not be on the disk. */
    private final Map<CrashPart, List<Long>> pending = new HashMap<>();

    CrashPicks(CrashDisk disk, SplittableRandom random) {
        this.disk = disk;
        this.random = random;
    }

    /**
     * For the last call.
     *
     * @param systematic of how many calls: all but it, it alone, all up to it
     * @param byChance how many others
     */
    List<CrashPick> of(CrashPart part, RecordedCall call, int systematic, int byChance) {
        List<Long> calls = pending.computeIfAbsent(part, p -> new ArrayList<>());
        long oldest = oldest(part);
        calls.removeIf(one -> one < oldest);
        calls.add(disk.calls());
        List<CrashPick> picks = new ArrayList<>();
        picks.add(pick(CrashPick.Rule.NOTHING, 0, 0));
        picks.add(pick(CrashPick.Rule.ALL, 0, 0));
        picks.add(pick(CrashPick.Rule.ALONE, disk.calls(), 0));
        torn(call, picks);
        for (int i = 0; i < systematic; i++) {
            boolean few = calls.size() <= systematic && i < calls.size();
            long one = calls.get(few ? i : random.nextInt(calls.size()));
            picks.add(pick(CrashPick.Rule.WITHOUT, one, 0));
            picks.add(pick(CrashPick.Rule.ALONE, one, 0));
            picks.add(pick(CrashPick.Rule.UP_TO, one, 0));
        }
        for (int i = 0; i < byChance; i++) {
            picks.add(any());
        }
        return picks;
    }

    private void torn(RecordedCall call, List<CrashPick> picks) {
        int sectors = call.first().length / CrashFile.SECTOR + 1;
        for (int i = 0; call.kind() == RecordedCall.Kind.WRITE && i < MOST_CUTS; i++) {
            int cut = sectors <= MOST_CUTS ? i : random.nextInt(sectors);
            picks.add(pick(CrashPick.Rule.BEGINNING, disk.calls(), cut));
            picks.add(pick(CrashPick.Rule.END, disk.calls(), cut));
        }
    }

    private CrashPick pick(CrashPick.Rule rule, long call, int cut) {
        return new CrashPick(
                disk, rule, CrashPick.Sizes.FITTING, CrashPick.Names.NEWEST, call, cut, 0);
    }

    /** One by chance, of names too. */
    CrashPick any() {
        CrashPick.Sizes[] sizes = CrashPick.Sizes.values();
        CrashPick.Names[] names = CrashPick.Names.values();
        return new CrashPick(
                disk,
                RULES.get(random.nextInt(RULES.size())),
                sizes[random.nextInt(sizes.length)],
                names[random.nextInt(names.length)],
                disk.calls() - random.nextInt(NEAR),
                0,
                random.nextLong());
    }

    /** The first call of a part that may not be on the disk. */
    private long oldest(CrashPart part) {
        long oldest = Long.MAX_VALUE;
        for (Map.Entry<String, Long> one : disk.names().now().entrySet()) {
            CrashFile file = disk.file(one.getValue());
            if (file != null && part.has(one.getKey())) {
                oldest = Math.min(oldest, file.oldestCall());
            }
        }
        return oldest;
    }
}
