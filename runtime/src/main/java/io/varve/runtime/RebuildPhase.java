package io.varve.runtime;

/**
 * Where a {@link Rebuild} is.
 *
 * <pre>
 *   rebuild()
 *      ▼
 *   CATCHING_UP ⇄ CAUGHT_UP ──promote()──▶ PROMOTED
 *     │  │  │ ▲      │ │ └────cancel()───▶ CANCELLED ◀─────────┐
 *     │  │  └─┼──────┼─┴────an error─────▶ FAILED ──cancel()───┤
 *     │  │    └──────┼────rebuild()───────── │                 │
 *     │  └───────────┼────cancel()─────────────────────────────┘
 *     └───close()────┴───────────────────▶ SUSPENDED
 * </pre>
 *
 * <p>{@link ProjectionListener#onRebuild} is told along these arrows: the last it is told of a
 * rebuild is {@code PROMOTED}, {@code CANCELLED} or {@code SUSPENDED}, once, or {@code FAILED}
 * where nobody cancels it nor asks for it again. {@code PROMOTED} always comes from {@code
 * CAUGHT_UP}.
 *
 * <p>Not drawn: a projection that is removed cancels its rebuild where the data is deleted, and
 * suspends it, unless it has failed, where it is kept; and a rebuild that fails at the very moment
 * it is promoted goes from {@code FAILED} to {@code PROMOTED}.
 */
public enum RebuildPhase {
    /** Reads the log, as fast as it may. */
    CATCHING_UP,

    /** Gets events as they are committed: it can be promoted. */
    CAUGHT_UP,

    /** Its generation is the live one. */
    PROMOTED,

    /**
     * It was cancelled, or its projection removed together with its data; what it had computed is
     * deleted.
     */
    CANCELLED,

    /**
     * Stopped by an error; what it had computed is kept until it is cancelled or asked for again.
     */
    FAILED,

    /**
     * The runtime was closed, or the projection removed and its data kept; it goes on when it is
     * asked for again.
     */
    SUSPENDED;

    /**
     * Whether nothing more will come of it.
     *
     * @return true where no event is applied any more on behalf of the rebuild
     */
    public boolean isOver() {
        return this != CATCHING_UP && this != CAUGHT_UP;
    }

    /**
     * Whether this phase may be followed by another.
     *
     * @param next the other
     * @return true along the arrows of the diagram
     */
    public boolean canMoveTo(RebuildPhase next) {
        return switch (this) {
            case CATCHING_UP -> next == CAUGHT_UP || next.isOver() && next != PROMOTED;
            case CAUGHT_UP -> next != CAUGHT_UP;
            case FAILED -> next == CATCHING_UP || next == PROMOTED || next == CANCELLED;
            case PROMOTED, CANCELLED, SUSPENDED -> false;
        };
    }
}
