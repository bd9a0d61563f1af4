package io.varve.runtime;

/**
 * One thing that is worth knowing although nothing is wrong: it may be as it should be.
 *
 * @param kind what sort of thing
 * @param projection that it is about
 * @param what it is, with figures, for people
 * @param remedy what can be done if it is not wanted, a sentence
 */
public record HealthNote(Kind kind, String projection, String what, String remedy) {
    /** Sorts of notes. */
    public enum Kind {
        /**
         * The log has events, and has never had one of a category that the projection reads, or a
         * rebuild of it: its name may be wrong, or the first is still to come.
         */
        NO_EVENTS,

        /**
         * A rebuild was interrupted, and keeps events in the log until it is gone on with or
         * cancelled, see {@link ProjectionGenerations#isRebuildPending}.
         */
        REBUILD_PENDING,

        /**
         * A rebuild of another version emits events, and the one that is live has emitted none for
         * the positions behind its mark: what the rebuild emits for them is appended when it is
         * promoted, also if they are of long ago.
         */
        EMITS_WHEN_PROMOTED,

        /**
         * Another version is live than the one the projection was added with, since a {@link
         * ProjectionRuntime#rollback}, or because a {@link Rebuild} of another was promoted. What
         * is deployed decides: the next start makes that version live again.
         */
        OTHER_VERSION_DEPLOYED,

        /**
         * Events are kept in the log for a projection that no runtime has at this moment: it may
         * have been renamed, or be no longer deployed, see {@link ProjectionRuntime#forget}.
         */
        UNHOSTED,

        /**
         * A snapshot is damaged, as far as is known: its manifest, or its data when it was to be
         * used. Others do as well, or the first event, see {@link
         * ProjectionRuntime#unusableSnapshots}.
         */
        SNAPSHOT_DAMAGED
    }
}
