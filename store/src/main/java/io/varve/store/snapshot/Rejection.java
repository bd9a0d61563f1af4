package io.varve.store.snapshot;

import java.util.Objects;

/**
 * A snapshot that was not used.
 *
 * @param version of the stream it claims to be of; -1 where even the list of snapshots cannot be
 *     read
 * @param reason why not
 * @param detail what was found, for people
 */
public record Rejection(long version, Reason reason, String detail) {
    /** Why a snapshot is not used. */
    public enum Reason {
        /** It is of another store. */
        OTHER_STORE,
        /** The store was restored from a backup since. */
        OTHER_INCARNATION,
        /** The log ends before it: it has lost events, or is an older copy. */
        AHEAD_OF_LOG,
        /** The log has other events at its position: it was taken back and grown again. */
        OTHER_HISTORY,
        /** The log cannot show its last event: it was truncated since, or is damaged there. */
        NOT_IN_LOG,
        /** It is of another version of the schema. */
        OTHER_SCHEMA,
        /** It is of a stream of another category. */
        OTHER_CATEGORY,
        /** A newer version of Varve wrote it. */
        NEWER_FORMAT,
        /** Its bytes are not what was written. */
        DAMAGED,
        /** Its state cannot be read by the serde of today. */
        UNREADABLE_STATE
    }

    /**
     * Refuses null.
     *
     * @param version see the record
     * @param reason see the record
     * @param detail see the record
     */
    public Rejection {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }
}
