package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * A table over another: what was changed, and below it what was not. A changed row begins with a
 * byte that tells whether it is there or was removed.
 */
class OverlayTable implements ReadOnlyTable {
    static final byte GONE = 0;
    static final byte THERE = 1;

    private final ReadOnlyTable base;
    private final ReadOnlyTable changes;
    private final LongSupplier added;

    /**
     * A table.
     *
     * @param added how many rows more than the lower table it has; refuses if it has ended
     */
    OverlayTable(ReadOnlyTable base, ReadOnlyTable changes, LongSupplier added) {
        this.base = base;
        this.changes = changes;
        this.added = added;
    }

    /** Whether a key has a row below; the view is moved. */
    final boolean isBelow(BytesView key, BytesView value) {
        return base.get(key, value);
    }

    @Override
    public final boolean get(BytesView key, BytesView value) {
        return changes.get(key, value) ? isThere(value) : base.get(key, value);
    }

    /** Points at what is behind the first byte of a changed row, if there is a row. */
    private static boolean isThere(BytesView changed) {
        if (changed.getByte(0) == GONE) {
            changed.release();
            return false;
        }
        changed.wrap(changed, 1, changed.length() - 1);
        return true;
    }

    @Override
    public final void scan(BytesView from, BytesView to, RowVisitor visitor) {
        Merge merge = new Merge(new RowCursor(changes, from, to, false), false, visitor);
        base.scan(from, to, merge);
        merge.end();
    }

    @Override
    public final void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
        Merge merge = new Merge(new RowCursor(changes, from, to, true), true, visitor);
        base.reverseScan(from, to, merge);
        merge.end();
    }

    @Override
    public final long count() {
        return base.count() + added.getAsLong();
    }

    /** Puts changed rows between those below, and in their place. */
    private static final class Merge implements RowVisitor {
        private final RowCursor changed;
        private final boolean reversed;
        private final RowVisitor visitor;
        private boolean wanted = true;

        Merge(RowCursor changed, boolean reversed, RowVisitor visitor) {
            this.changed = changed;
            this.reversed = reversed;
            this.visitor = visitor;
        }

        @Override
        public boolean row(BytesView key, BytesView value) {
            int order = order(key);
            while (wanted && order < 0) {
                give();
                order = order(key);
            }
            if (wanted && order == 0) {
                give();
            } else if (wanted) {
                wanted = visitor.row(key, value);
            }
            return wanted;
        }

        /** Whether the changed row at hand comes before a key: less than 0 if so. */
        private int order(BytesView key) {
            if (!changed.isAtRow()) {
                return 1;
            }
            int order = Arrays.compareUnsigned(changed.key(), key.toByteArray());
            return reversed ? -order : order;
        }

        private void give() {
            BytesView key = BytesView.of(changed.key());
            BytesView value = BytesView.of(changed.value());
            if (isThere(value)) {
                wanted = visitor.row(key, value);
            }
            key.release();
            value.release();
            changed.next();
        }

        /** Gives out what comes behind the last row below. */
        void end() {
            while (wanted && changed.isAtRow()) {
                give();
            }
        }
    }
}
