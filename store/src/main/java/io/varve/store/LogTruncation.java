package io.varve.store;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;

/**
 * Removes blocks from the beginning of the log, slice by slice. One thread at a time.
 *
 * <pre>
 *   fold      read the blocks, which never change, while appends go on
 *   remove    one transaction, while nobody appends: base rows, and the blocks away
 *   show      readers see the new beginning
 *   prune     the index lets go of what pointed to the blocks
 * </pre>
 *
 * <p>In this order: who finds the index without a position also finds the new beginning, and knows
 * why.
 */
final class LogTruncation {
    /** Blocks of a slice; more if an append with a key has more. */
    static final int MOST_BLOCKS = 1_000;

    /** Events of a slice; a block more at most, or what is left of an append with a key. */
    static final int MOST_EVENTS = 1 << 16;

    private final Log log;
    private final LogChange change;
    private final IndexBase index;
    private final EventView.Names names;

    LogTruncation(Log log, LogChange change, IndexBase index, EventView.Names names) {
        this.log = log;
        this.change = change;
        this.index = index;
        this.names = names;
    }

    /** The next blocks that lie before a position; the log's last block is never one of them. */
    LogFold fold(long position) {
        LogFold fold = new LogFold(log.base(), names);
        try (LogReader reader = log.reader(names)) {
            if (fold.base().firstPosition() >= position || !reader.last()) {
                return fold;
            }
            long end = Math.min(position, reader.block().firstPosition());
            while (fold.blocks().size() < MOST_BLOCKS && fold.events() < MOST_EVENTS) {
                LogFold next = inseparable(reader, fold.base(), end);
                if (next.blocks().isEmpty()) {
                    break;
                }
                fold.addAll(next);
            }
        }
        return fold;
    }

    /**
     * The next block, and those behind it that it goes with: a key is in the first block of its
     * append, and must be there as long as any of its events. None where not all of them lie before
     * the end. However many there are, they make one slice: a commit was one transaction, too.
     */
    private LogFold inseparable(LogReader reader, LogBase base, long end) {
        LogFold next = new LogFold(base, names);
        while (next.through() < end) {
            if (next.isWhole()) {
                return next;
            }
            reader.seek(next.base().firstPosition());
            next.add(reader.block());
        }
        return new LogFold(base, names);
    }

    /** Removes them. */
    void remove(LogFold fold) {
        change.make(
                writer -> {
                    if (!log.baseRows().read(writer).equals(fold.before())) {
                        throw new StoreCorruptedException(
                                "the log begins elsewhere than this store knows: expected="
                                        + fold.before(),
                                "Another process has written, past the lock; close both, and open"
                                        + " one again.");
                    }
                    fold.blocks().forEach(block -> log.delete(writer, block));
                    log.baseRows().write(writer, fold.base(), fold);
                });
        log.base(fold.base());
        prune(fold);
    }

    private void prune(LogFold fold) {
        try {
            index.prune(fold);
        } catch (VarveException e) {
            // What is left there is never looked at; it takes room, that is all.
            Logs.of(LogTruncation.class)
                    .log(
                            Level.WARNING,
                            "The index still holds rows of events that were truncated",
                            e);
        }
    }
}
