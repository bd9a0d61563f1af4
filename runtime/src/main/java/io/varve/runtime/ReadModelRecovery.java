package io.varve.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A read model could not be gone on with, so that the projection has begun with a snapshot or with
 * nothing, by itself. What was missing was applied again, or is being applied. Until it is, views
 * show what there is: what was in the snapshot, or position -1 and no rows at first; {@link Health}
 * judges how far behind that is, as always. Who must not see it asks with {@link PositionBound#at}.
 *
 * <p>What was done about dead letters is not in the log, so none of it is done again: letters that
 * were retried or discarded since the snapshot was made are there again, to be retried or discarded
 * once more, and events that fail at their turn are met once more where it begins with nothing.
 *
 * @param reason in one word
 * @param detail what was found; nothing need be done about it
 * @param position of the snapshot that was begun with; -1 for the beginning
 * @param setAside where the old read model is now, if there was one; the next one that is set aside
 *     takes its place
 * @param passedOver snapshots that were newer and could not be used, and why
 * @param deadLetters how many of the snapshot can be retried, those among them that were retried or
 *     discarded since
 */
public record ReadModelRecovery(
        Reason reason,
        String detail,
        long position,
        Optional<Path> setAside,
        List<String> passedOver,
        long deadLetters) {
    /** Why a read model is begun anew. */
    public enum Reason {
        /**
         * It is gone, or nothing is in it, though it was there; or the whole folder of its
         * projection is gone, or another one than before, as the log keeps events for it.
         */
        DELETED,

        /** Its file is damaged, or it cannot be proved that it is whole. */
        DAMAGED,

        /** It was computed from another log, or one that was restored or has lost events. */
        OTHER_HISTORY,

        /**
         * It is that of another projection, generation or partition: its folder or file was put in
         * the place of this one, as by a restore.
         */
        OTHER_READ_MODEL,

        /** Retention has removed events that come behind it; a snapshot reaches further. */
        TRUNCATED
    }

    /**
     * Refuses what is no recovery.
     *
     * @param reason see the record
     * @param detail see the record
     * @param position see the record
     * @param setAside see the record
     * @param passedOver see the record
     * @param deadLetters see the record
     */
    public ReadModelRecovery {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(setAside, "setAside");
        passedOver = List.copyOf(passedOver);
        if (position < -1) {
            throw new IllegalArgumentException("position=" + position);
        }
    }
}
