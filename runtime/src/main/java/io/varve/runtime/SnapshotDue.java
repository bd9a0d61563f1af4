package io.varve.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far a read model has got since its newest snapshot, and so whether another is due. One thread
 * at a time.
 */
final class SnapshotDue {
    /** What a snapshot has: its position, what had been read by then, and when it was made. */
    record Made(long position, long bytes, Instant at) {}

    private final SnapshotPolicy policy;
    private Made newest = new Made(-1, 0, Instant.EPOCH);

    SnapshotDue(SnapshotPolicy policy) {
        this.policy = policy;
    }

    /**
     * Begins, at a start: the process may have been started since the newest snapshot, often, so it
     * counts from that. Where there is none it counts from the first event, and the time of one
     * that has rows already is over.
     *
     * @param position that is committed; -1 if none
     * @param kept the newest; empty for none
     */
    void begin(long position, Optional<Made> kept, Instant now) {
        newest = kept.orElseGet(() -> new Made(-1, 0, position < 0 ? now : Instant.EPOCH));
    }

    /** One was made by hand: it counts from that, unless there is a newer one. */
    void made(Made one) {
        if (one.position() >= newest.position()) {
            newest = one;
        }
    }

    /**
     * Whether one is due at a commit; if so, it counts from there.
     *
     * @param bytes of payload that were read for the read model since its first event
     */
    boolean isDue(long position, long bytes, Instant now) {
        boolean due =
                policy.isDue(
                        position - newest.position(),
                        bytes - newest.bytes(),
                        Duration.between(newest.at(), now));
        if (due) {
            newest = new Made(position, bytes, now);
        }
        return due;
    }
}
