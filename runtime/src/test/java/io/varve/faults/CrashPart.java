package io.varve.faults;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a folder that is opened by itself: a store, a read model, snapshots of streams,
 * backups, and what is around a projection's read models.
 *
 * @param kind what it is
 * @param path below the folder
 */
record CrashPart(Kind kind, String path) {
    /** How it is looked at. */
    enum Kind {
        /** Log and index. */
        STORE,
        /** One environment of a read model. */
        STATE,
        /** Snapshots of streams. */
        STREAMS,
        BACKUPS,
        /** Catalogue and snapshots of a projection: known to its runtime alone. */
        PROJECTION
    }

    /** The whole folder. */
    static final CrashPart EVERYTHING = new CrashPart(Kind.PROJECTION, "");

    private static final Pattern GENERATION =
            Pattern.compile(
                    "(models/[^/]+/generation-\\d+-v\\d+(/partition-\\d+-of-\\d+)?)"
                            + "/(data\\.mdb|lock\\.mdb|varve\\..+)");

    /** Which part a path is of. */
    static CrashPart of(String path) {
        if (path.startsWith("store")) {
            return new CrashPart(Kind.STORE, "store");
        }
        if (path.startsWith("streams")) {
            return new CrashPart(Kind.STREAMS, "streams");
        }
        if (path.startsWith("backups")) {
            return new CrashPart(Kind.BACKUPS, "backups");
        }
        Matcher generation = GENERATION.matcher(path);
        return generation.matches() ? new CrashPart(Kind.STATE, generation.group(1)) : EVERYTHING;
    }

    boolean has(String path) {
        return this.path.isEmpty() || path.startsWith(this.path + "/");
    }

    /** The same for the same names with the same bytes. */
    long hash(Map<String, Long> names, CrashDisk disk, CrashPick pick) {
        long hash = path.hashCode();
        for (Map.Entry<String, Long> one : names.entrySet()) {
            if (has(one.getKey())) {
                CrashFile file = disk.file(one.getValue());
                long content = file == null ? 0 : file.hash(pick.of(file));
                hash += CrashEvents.mix(one.getKey().hashCode() * 0x9e3779b97f4a7c15L + content);
            }
        }
        return hash;
    }
}
