package io.varve.runtime;

/**
 * Where a projection is in its life.
 *
 * <pre>
 *            start()              head reached            close()
 *  CREATED ──────────▶ CATCHING_UP ────────────▶ LIVE ──────────────▶ STOPPED
 *     │                  │   │  ▲                │ │                   ▲  ▲
 *     │                  │   │  └── detached ────┘ │                   │  │
 *     │                  │   └─────────────────────┼────── close() ────┘  │
 *     │                  ▼                         │                      │
 *     ├──────────────▶ FAILED ◀────────────────────┘                      │
 *     │                  └────────────────────── close() ────────────────▶┤
 *     └───────────────────────────────────────── close() ────────────────▶┘
 * </pre>
 */
public enum ProjectionState {
    /** Not started yet. */
    CREATED,

    /**
     * Reads the log by itself, as fast as it can, or stands still before an event that failed; its
     * read model lags behind.
     */
    CATCHING_UP,

    /** Gets events as they are committed. */
    LIVE,

    /** Stopped by an error, which its status tells. Its read model stays as of its last commit. */
    FAILED,

    /** The runtime is closed. */
    STOPPED;

    /**
     * Whether this state may be followed by another.
     *
     * @param next the other
     * @return true along the arrows of the diagram
     */
    public boolean canMoveTo(ProjectionState next) {
        return switch (this) {
            case CREATED -> next == CATCHING_UP || next == FAILED || next == STOPPED;
            case CATCHING_UP -> next == LIVE || next == FAILED || next == STOPPED;
            case LIVE -> next == CATCHING_UP || next == FAILED || next == STOPPED;
            case FAILED -> next == STOPPED;
            case STOPPED -> false;
        };
    }
}
