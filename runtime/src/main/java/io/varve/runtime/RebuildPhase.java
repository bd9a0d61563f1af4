package io.varve.runtime;

/**
 * Where a {@link Rebuild} is.
 *
 * <pre>
 *   CATCHING_UP ⇄ CAUGHT_UP ──promote()──▶ PROMOTED
 *     │  │  │        │ │ └────cancel()───▶ CANCELLED ◀── cancel() ── FAILED
 *     │  │  └────────┼─┴────an error─────▶ FAILED
 *     │  └─cancel()──┼───────────────────▶ CANCELLED
 *     └───close()────┴───────────────────▶ SUSPENDED
 * </pre>
 */
public enum RebuildPhase {
    /** Reads the log, as fast as it may. */
    CATCHING_UP,

    /** Gets events as they are committed: it can be promoted. */
    CAUGHT_UP,

    /** Its generation is the live one. */
    PROMOTED,

    /** It was cancelled; what it had computed is deleted. */
    CANCELLED,

    /**
     * Stopped by an error; what it had computed is kept until it is cancelled or asked for again.
     */
    FAILED,

    /** The runtime was closed, or the projection removed; it goes on when it is asked for again. */
    SUSPENDED;

    /**
     * Whether nothing more will come of it.
     *
     * @return true where no event is applied any more on behalf of the rebuild
     */
    public boolean isOver() {
        return this != CATCHING_UP && this != CAUGHT_UP;
    }
}
