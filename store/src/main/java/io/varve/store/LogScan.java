package io.varve.store;

import java.time.Instant;

/** Reads events in the order of the log, or against it. */
final class LogScan extends EventScan {
    /** Blocks of one transaction: at most 16 MiB, but for larger events. */
    private static final int BLOCKS = 256;

    /** Events that are checked one by one: fewer than it is worth to check a whole block for. */
    private static final long FEW = 8;

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
            last = parts.log().base().firstPosition();
        } else {
            next = Math.max(query.from(), parts.log().base().firstPosition());
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
    void cutOff(long firstPosition) {
        last = Math.max(last, firstPosition);
    }

    @Override
    boolean read(LogReader reader, EventVisitor visitor) {
        return left() <= FEW && filter.matchesAll()
                ? readFew(reader, visitor)
                : readBlocks(reader, visitor);
    }

    private boolean readFew(LogReader reader, EventVisitor visitor) {
        while (!isDone()) {
            reader.seekEvent(next);
            if (!show(reader.event(next), visitor)) {
                return false;
            }
            if (isInTheWay(reader)) {
                return true;
            }
        }
        return true;
    }

    private boolean readBlocks(LogReader reader, EventVisitor visitor) {
        reader.seek(next);
        for (int blocks = 1; ; blocks++) {
            if (!readBlock(reader, visitor)) {
                return false;
            }
            if (isDone() || blocks == BLOCKS || pausing) {
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
        return showRun(reader, 0, end, visitor);
    }
}
