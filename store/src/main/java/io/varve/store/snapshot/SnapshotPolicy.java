package io.varve.store.snapshot;

/** When a snapshot is due. */
public sealed interface SnapshotPolicy {
    /**
     * A snapshot each time so many events were folded behind the last one, or since the stream's
     * first event where there is none.
     *
     * @param events 1 or more
     * @return the policy
     */
    static SnapshotPolicy everyEvents(long events) {
        return new EveryEvents(events);
    }

    /**
     * No snapshot but those that are asked for with {@link StreamSnapshots#save}.
     *
     * @return the policy
     */
    static SnapshotPolicy never() {
        return new Never();
    }

    /**
     * Whether a snapshot is due.
     *
     * @param folded events behind the last snapshot, 0 or more
     * @return true if it is
     */
    boolean isDue(long folded);

    /**
     * A snapshot each time so many events were folded.
     *
     * @param events 1 or more
     */
    record EveryEvents(long events) implements SnapshotPolicy {
        /**
         * Refuses what would be no distance.
         *
         * @param events see the record
         */
        public EveryEvents {
            if (events < 1) {
                throw new IllegalArgumentException(
                        "Events between snapshots are 1 or more; for none at all use never():"
                                + " events="
                                + events);
            }
        }

        @Override
        public boolean isDue(long folded) {
            return folded >= events;
        }
    }

    /** No snapshot of itself. */
    record Never() implements SnapshotPolicy {
        @Override
        public boolean isDue(long folded) {
            return false;
        }
    }
}
