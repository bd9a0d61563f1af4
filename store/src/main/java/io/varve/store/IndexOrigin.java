package io.varve.store;

import java.util.Optional;

/** Tells whether an index was derived from a log. */
final class IndexOrigin {
    private static final String WRONG_LOG =
            "if a wrong log was put there, close the store and put the right one back";

    /** Of an index of another log. */
    static final String REMEDY =
            "If a wrong log was put there, put the right one back. If it is the right one: "
                    + IndexTable.REMEDY;

    private IndexOrigin() {}

    /**
     * Why an index does not belong to a log; empty where it was derived from this very log.
     *
     * @throws io.varve.store.errors.StoreCorruptedException if the log lacks what it tells of
     */
    static Optional<String> differs(LogIndex index, Log log) {
        Optional<LogIndex.State> state = index.state();
        if (state.isEmpty()) {
            // New; or it has lost the row that says whose it is.
            boolean isNew = index.isEmpty() && hasAll(index, log);
            return isNew ? Optional.empty() : Optional.of("The index does not say how far it goes");
        }
        try (LogReader reader = log.reader(new StreamDirectory(index))) {
            long head = reader.last() ? reader.block().lastPosition() : -1;
            IndexReach.check(state.get(), log, head);
            StoreIdentity identity = state.get().identity();
            if (!identity.equals(log.identity())) {
                return Optional.of(what(identity, log.identity()) + " (" + WRONG_LOG + ")");
            }
            boolean fits = head < 0 || fits(state.get(), index, log, reader, head);
            return fits ? Optional.empty() : Optional.of(unfit(state.get(), log));
        }
    }

    private static boolean fits(
            LogIndex.State state, LogIndex index, Log log, LogReader reader, long head) {
        long position = state.lastPosition();
        return hasAll(index, log)
                && position >= log.base().firstPosition() - 1
                && (position < 0
                        || head >= position && chainAt(reader, log, position) == state.chain());
    }

    private static String unfit(LogIndex.State state, Log log) {
        return state.lastPosition() < log.base().firstPosition() - 1
                ? "The index was not brought up to date before the log was truncated"
                : "The index is of another log";
    }

    private static boolean hasAll(LogIndex index, Log log) {
        return new IndexBase(index).hasAllFrom(log.base().firstPosition());
    }

    private static long chainAt(LogReader reader, Log log, long position) {
        if (position == log.base().firstPosition() - 1) {
            return log.base().chain();
        }
        reader.seek(position);
        return reader.block().chain();
    }

    /** How an index of another log is told. */
    static String what(StoreIdentity index, StoreIdentity log) {
        return "The index is of another log: index=" + index + " log=" + log;
    }
}
