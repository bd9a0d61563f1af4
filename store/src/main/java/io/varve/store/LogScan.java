package io.varve.store;

import java.time.Instant;

/** Reads events in the order of the log, or against it. */
final class LogScan extends EventScan {
    /** Blocks of one transaction: at most 16 MiB, but for larger events. */
    private static final int BLOCKS = 256;

    /** No event since the query's time was found yet. */
    private boolean early;

    LogScan(Parts parts, EventQuery query) {
        super(parts, query);
    }

    @Override
    void place(long head) {
        if (query.isBackward()) {
            next =
                    query.start() instanceof EventQuery.Start.Time time
                            ? parts.times().lastUntil(time.instant(), head)
                            : Math.min(query.from(), head);
            last = 0;
        } else {
            next = query.from();
            early = query.start() instanceof EventQuery.Start.Time;
            extend(head);
        }
    }

    @Override
    void extend(long head) {
        if (early && query.start() instanceof EventQuery.Start.Time time) {
            Instant instant = time.instant();
            next = parts.times().firstSince(instant, head);
            early = next > head;
        }
        last = head;
    }

    @Override
    boolean read(LogReader reader, EventVisitor visitor) {
        reader.seek(next);
        for (int blocks = 1; ; blocks++) {
            if (!readBlock(reader, visitor)) {
                return false;
            }
            if (isDone() || blocks == BLOCKS) {
                return true;
            }
            if (step > 0) {
                reader.next();
            } else {
                reader.previous();
            }
        }
    }

    private boolean readBlock(LogReader reader, EventVisitor visitor) {
        BlockView block = reader.block();
        long end =
                step > 0
                        ? Math.min(last, block.lastPosition())
                        : Math.max(last, block.firstPosition());
        boolean all = filter.matchesAll();
        for (long stop = end + step; next != stop; ) {
            if (!all && !filter.matches(block, next)) {
                next += step;
            } else if (!show(reader, next, visitor)) {
                return false;
            } else if (left() == 0) {
                return true;
            }
        }
        return true;
    }
}
