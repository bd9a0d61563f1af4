package io.varve.faults;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which of the states that the disk may be in: of what is not synced, what is there. Says it of
 * names and of each file, and always the same of the same.
 */
final class CrashPick {
    /** What is there of the sectors of a file. */
    enum Rule {
        /** What was synced. */
        NOTHING,
        /** All that was written. */
        ALL,
        /** All but one call. */
        WITHOUT,
        /** One call, and none before it or behind it. */
        ALONE,
        /** All up to a call. */
        UP_TO,
        /** All before a call, and some of its first sectors. */
        BEGINNING,
        /** All before a call, and some of its last sectors. */
        END,
        /** Each sector, or each eight, by chance; in its newest state or an earlier one. */
        RANDOM
    }

    /** What is there of sizes. */
    enum Sizes {
        /** As it goes with the sectors. */
        FITTING,
        SYNCED,
        NEWEST,
        RANDOM
    }

    /** What is there of names. */
    enum Names {
        SYNCED,
        NEWEST,
        /** All up to some call. */
        IN_ORDER,
        /** In each folder all up to some call, whatever is there in others. */
        BY_FOLDER
    }

    private static final double[] CHANCES = {0.03, 0.2, 0.5, 0.8, 0.97};

    private final CrashDisk disk;
    private final Rule rule;
    private final Sizes sizes;
    private final Names names;
    private final long call;
    private final int cut;
    private final long seed;
    private final Map<Long, CrashFile.Choice> choices = new HashMap<>();

    CrashPick(CrashDisk disk, Rule rule, Sizes sizes, Names names, long call, int cut, long seed) {
        this.disk = disk;
        this.rule = rule;
        this.sizes = sizes;
        this.names = names;
        this.call = call;
        this.cut = cut;
        this.seed = seed;
    }

    /** Paths and what they are, see {@link CrashNames#now}. */
    Map<String, Long> names() {
        CrashNames all = disk.names();
        SplittableRandom random = new SplittableRandom(seed);
        switch (names) {
            case SYNCED -> {
                return all.image((folder, change) -> change <= all.inOrder());
            }
            case IN_ORDER -> {
                List<Long> pending = all.pending();
                long upTo = pending.isEmpty() ? 0 : pending.get(random.nextInt(pending.size()));
                return all.image((folder, change) -> change <= Math.max(upTo, all.inOrder()));
            }
            case BY_FOLDER -> {
                Map<Long, Long> upTo = new HashMap<>();
                List<Long> pending = all.pending();
                for (long folder : all.pendingFolders()) {
                    int i = random.nextInt(pending.size() + 1);
                    upTo.put(folder, i == 0 ? 0 : pending.get(i - 1));
                }
                return all.image((folder, change) -> change <= upTo.get(folder));
            }
            default -> {
                return all.image((folder, change) -> true);
            }
        }
    }

    /** What is there of a file. */
    CrashFile.Choice of(CrashFile file) {
        return choices.computeIfAbsent(file.inode(), inode -> choose(file));
    }

    private CrashFile.Choice choose(CrashFile file) {
        if (!file.isPending()) {
            return file.oldest();
        }
        SplittableRandom random = new SplittableRandom(seed * 31 + file.inode());
        double chance = CHANCES[random.nextInt(CHANCES.length)];
        int grain = random.nextBoolean() ? 1 : 8;
        int[] states = new int[file.pending().size()];
        int i = 0;
        int torn = 0;
        int drawn = -1;
        boolean take = false;
        for (Map.Entry<Integer, List<CrashFile.State>> one : file.pending().entrySet()) {
            List<CrashFile.State> all = one.getValue();
            if (rule == Rule.RANDOM) {
                if (drawn != one.getKey() / grain) {
                    drawn = one.getKey() / grain;
                    take = random.nextDouble() < chance;
                }
                states[i++] = take ? some(all, random) : -1;
            } else {
                boolean is = indexOf(all) >= 0;
                states[i++] = state(all, torn);
                torn += is ? 1 : 0;
            }
        }
        return new CrashFile.Choice(states, size(file, random));
    }

    private static int some(List<CrashFile.State> all, SplittableRandom random) {
        return random.nextBoolean() ? all.size() - 1 : random.nextInt(all.size());
    }

    private int state(List<CrashFile.State> all, int torn) {
        int of = indexOf(all);
        return switch (rule) {
            case NOTHING -> -1;
            case WITHOUT -> of == all.size() - 1 ? of - 1 : all.size() - 1;
            case ALONE -> of;
            case UP_TO -> lastUpTo(all, call);
            case BEGINNING -> torn < cut ? lastUpTo(all, call) : lastUpTo(all, call - 1);
            case END -> torn >= cut ? lastUpTo(all, call) : lastUpTo(all, call - 1);
            default -> all.size() - 1;
        };
    }

    private int indexOf(List<CrashFile.State> all) {
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).call() == call) {
                return i;
            }
        }
        return -1;
    }

    private static int lastUpTo(List<CrashFile.State> all, long call) {
        int i = all.size() - 1;
        while (i >= 0 && all.get(i).call() > call) {
            i--;
        }
        return i;
    }

    private int size(CrashFile file, SplittableRandom random) {
        return switch (sizes) {
            case SYNCED -> file.syncedSize();
            case NEWEST -> file.size();
            case RANDOM -> {
                int i = random.nextInt(file.sizes().size() + 1);
                yield i == 0 ? file.syncedSize() : file.sizes().get(i - 1).bytes();
            }
            default -> fittingSize(file);
        };
    }

    private int fittingSize(CrashFile file) {
        int size = file.syncedSize();
        for (CrashFile.Size one : file.sizes()) {
            boolean is =
                    switch (rule) {
                        case NOTHING -> false;
                        case ALONE -> one.call() == call;
                        case UP_TO, BEGINNING, END -> one.call() <= call;
                        default -> true;
                    };
            size = is ? one.bytes() : size;
        }
        return size;
    }

    @Override
    public String toString() {
        return rule + " call=" + call + " cut=" + cut + " sizes=" + sizes + " names=" + names
                + " seed=" + seed;
    }
}
