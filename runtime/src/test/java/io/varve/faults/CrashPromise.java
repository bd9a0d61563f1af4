package io.varve.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run was promised up to a point of its record, and what its batches were: told by its
 * marks, see {@link CrashChild}.
 */
final class CrashPromise {
    /** Chain hash by the last position of a batch: of all batches, also of those to come. */
    private final TreeMap<Long, Long> chains = new TreeMap<>();

    private final boolean async;
    private long durable = -1;
    private long begun = -1;
    private long firstAtLeast;
    private long firstAtMost;
    private final Map<String, Long> backups = new HashMap<>();

    /** Up to where generations are on the disk, by path. */
    private final Map<String, Long> modelled = new HashMap<>();

    CrashPromise(RecordedRun run) {
        async = run.async();
        for (RecordedCall call : run.calls()) {
            if (call.kind() == RecordedCall.Kind.MARK) {
                String[] words = call.text().split(" ");
                if (words[0].equals("appended")) {
                    chains.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
                }
            }
        }
    }

    void mark(String text) {
        String[] words = text.split(" ");
        switch (words[0]) {
            case "begun" -> begun = Long.parseLong(words[2]);
            case "appended" -> {
                if (!async) {
                    durable = Long.parseLong(words[1]);
                }
            }
            case "durable" -> durable = Math.max(durable, Long.parseLong(words[1]));
            case "truncating" -> firstAtMost = Math.max(firstAtMost, Long.parseLong(words[1]));
            case "truncated" -> firstAtLeast = Long.parseLong(words[1]);
            case "modelled" -> modelled.put(words[1], Long.parseLong(words[2]));
            case "changing" -> modelled.keySet().removeIf(one -> one.startsWith(words[1]));
            case "backup" -> backups.put(words[1], Long.parseLong(words[2]));
            default -> {}
        }
    }

    /** Another for each promise of a part. */
    long hash(String part) {
        return switch (part) {
            case "" -> durable * 31 + backups.size();
            case "backups" -> backups.size();
            default -> modelled(part);
        };
    }

    /** Whether a log may be of that extent. */
    void check(long first, long head) {
        if (head < durable) {
            throw new AssertionError("lost: head=" + head + " promised=" + durable);
        }
        if (head > begun || head >= 0 && !chains.containsKey(head)) {
            throw new AssertionError("not a batch: head=" + head + " begun=" + begun);
        }
        if (first < firstAtLeast || first > firstAtMost) {
            throw new AssertionError(
                    "first=" + first + " between " + firstAtLeast + " and " + firstAtMost);
        }
    }

    /** The chain hash behind a batch. */
    long chain(long last) {
        return chains.get(last);
    }

    /** Backups that were made by now, and up to where. */
    Map<String, Long> backups() {
        return backups;
    }

    /** Up to where a read model, or a partition of it, is on the disk; -1 for none. */
    long modelled(String path) {
        return modelled.entrySet().stream()
                .filter(one -> (path + "/").startsWith(one.getKey() + "/"))
                .mapToLong(Map.Entry::getValue)
                .findFirst()
                .orElse(-1);
    }

    /** The first position of each batch that ends at or before a position, from another on. */
    List<long[]> batches(long first, long last) {
        List<long[]> found = new ArrayList<>();
        if (last < first) {
            return found;
        }
        long begin = chains.headMap(first, false).isEmpty() ? 0 : chains.lowerKey(first) + 1;
        for (long end : chains.subMap(first, true, last, true).keySet()) {
            found.add(new long[] {begin, end});
            begin = end + 1;
        }
        return found;
    }
}
