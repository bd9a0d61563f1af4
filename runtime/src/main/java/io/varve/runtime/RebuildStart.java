package io.varve.runtime;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * What a rebuild begins with.
 *
 * <p>The default is the first event: who asks for a rebuild wants other rows than there are, and a
 * snapshot is a copy of those. To begin with a snapshot is for whoever knows that its rows are
 * right, and wants those behind it computed anew.
 *
 * @param snapshotUpTo the newest snapshot of that position, or one before it, 0 or more; empty for
 *     the first event
 */
public record RebuildStart(OptionalLong snapshotUpTo) {
    /**
     * Refuses what is no position.
     *
     * @param snapshotUpTo see the record
     */
    public RebuildStart {
        Objects.requireNonNull(snapshotUpTo, "snapshotUpTo");
        if (snapshotUpTo.orElse(0) < 0) {
            throw new IllegalArgumentException(
                    "snapshotUpTo is 0 or more: actual=" + snapshotUpTo.getAsLong());
        }
    }

    /**
     * With nothing, as is the default.
     *
     * @return the start
     */
    public static RebuildStart firstEvent() {
        return new RebuildStart(OptionalLong.empty());
    }

    /**
     * With the newest snapshot of the live read model that can be used: made with the very
     * definition, and in the number of partitions, that the rebuild is of; of this history of the
     * log, with no event behind it gone; whole. Where there is none, with the first event; {@link
     * RebuildProgress#begunAt} tells, and {@link RebuildProgress#passedOver} why those that are
     * newer could not be used.
     *
     * <p>All that is in the snapshot comes along: its dead letters, to be retried once the rebuild
     * is promoted, and rows that were kept under another definition ({@link
     * ProjectionConfig#withStateOf}).
     *
     * @return the start
     */
    public static RebuildStart newestSnapshot() {
        return snapshotUpTo(Long.MAX_VALUE);
    }

    /**
     * The same with the newest that knows of no later event: where rows have been wrong since a
     * change of the code, with one of before that.
     *
     * @param position the last that the snapshot may have, 0 or more
     * @return the start
     */
    public static RebuildStart snapshotUpTo(long position) {
        return new RebuildStart(OptionalLong.of(position));
    }
}
