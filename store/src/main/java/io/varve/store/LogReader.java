package io.varve.store;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;

/**
 * Walks the blocks of a log at one instant. Taken from a pool and given back by {@link #close()}.
 * One thread at a time.
 */
final class LogReader implements AutoCloseable {
    private final Log log;
    private final BlockView block = new BlockView();
    private EventView event;
    private LmdbReader reader;
    private LmdbCursor cursor;

    /** The last position of the block at hand, or -1. */
    private long current;

    /** Whether the whole of it was checked. */
    private boolean whole;

    LogReader(Log log) {
        this.log = log;
    }

    void begin(LmdbReader newReader, EventView.Names names) {
        event = new EventView(block, names);
        reader = newReader;
        cursor = log.cursor(newReader);
        current = -1;
    }

    /** Whether somebody waits for this instant to be given up; it need not be. */
    boolean isInTheWay() {
        return reader.isInTheWay();
    }

    /** Whether it is in the way of a map that must grow: then it can be begun again afterwards. */
    boolean isMapToGrow() {
        return reader.isMapToGrow();
    }

    /** Goes to the last block; false where the log is empty. */
    boolean last() {
        return cursor.last() && look();
    }

    /** Goes to the block that holds a position; it must exist. */
    void seek(long position) {
        if (!holds(position) || !whole) {
            seekBlock(position);
        }
    }

    private void seekBlock(long position) {
        if (current < 0 || position != current + 1 || !next()) {
            move(position);
            look();
            checkHolds(position);
        }
    }

    /**
     * Goes to the block that holds a position, which must exist. Only that event is checked, and to
     * be read: for those who read little of a block.
     */
    void seekEvent(long position) {
        if (!holds(position)) {
            move(position);
            lookAtHeader();
            checkHolds(position);
        }
        if (!whole) {
            block.checkEvent((int) (position - block.firstPosition()), current);
        }
    }

    /** Whether the block at hand holds a position. */
    private boolean holds(long position) {
        return current >= 0 && position <= current && position >= block.firstPosition();
    }

    private void move(long position) {
        current = -1;
        if (!cursor.seek(position)) {
            throw missing(position);
        }
    }

    private void checkHolds(long position) {
        if (position < block.firstPosition()) {
            throw missing(position);
        }
    }

    /** Goes to the next block; false behind the last. */
    boolean next() {
        long expected = current + 1;
        if (!cursor.next()) {
            return false;
        }
        look();
        if (block.firstPosition() != expected) {
            throw missing(expected);
        }
        return true;
    }

    /** Goes to the block before; it must exist. */
    void previous() {
        long expected = block.firstPosition() - 1;
        if (!cursor.previous()) {
            throw missing(expected);
        }
        look();
        if (block.lastPosition() != expected) {
            throw missing(expected);
        }
    }

    /**
     * Looks at the header of the block that holds a position, which must exist. Its events are not
     * checked, and not to be read before the next {@link #seek}.
     */
    BlockView header(long position) {
        current = -1;
        if (!cursor.seek(position)) {
            throw missing(position);
        }
        cursor.value(block.bytes());
        block.checkHeader(cursor.longKey());
        if (position < block.firstPosition()) {
            throw missing(position);
        }
        return block;
    }

    /** Where the log begins at this instant. */
    LogBase base() {
        return log.baseRows().read(reader);
    }

    /** Why there is no block: it was cut off, or it is lost. */
    private RuntimeException missing(long position) {
        long first = base().firstPosition();
        if (position < first) {
            return new TruncatedSignal(first);
        }
        return new StoreCorruptedException(
                "a block of the log is missing: position=" + position, Log.REMEDY);
    }

    private boolean look() {
        long key = cursor.longKey();
        current = -1;
        cursor.value(block.bytes());
        if (log.verified().contains(key)) {
            block.open(key);
        } else {
            block.check(key);
            log.verified().add(key);
        }
        current = key;
        whole = true;
        return true;
    }

    private void lookAtHeader() {
        long key = cursor.longKey();
        cursor.value(block.bytes());
        whole = log.verified().contains(key);
        if (whole) {
            block.open(key);
        } else {
            block.checkHeader(key);
            if (!block.isChunked()) {
                look();
            } else if (log.verified().visit(key)) {
                whole = isGood(key);
            }
        }
        current = key;
    }

    private boolean isGood(long key) {
        try {
            block.check(key);
        } catch (StoreCorruptedException e) {
            return false; // the event that is wanted is checked alone, and may be good
        }
        log.verified().add(key);
        return true;
    }

    BlockView block() {
        return block;
    }

    /** Shows the event at a position of the block at hand, unless the log was closed meanwhile. */
    EventView event(long position) {
        reader.checkOpen();
        event.show((int) (position - block.firstPosition()));
        return event;
    }

    @Override
    public void close() {
        event.release();
        block.release();
        reader.close();
        log.giveBack(this);
    }
}
