package io.varve.runtime;

import java.util.Arrays;

/**
 * Where a projection is in its life.
 *
 * <pre>
 *            start()              head reached            close()
 *  CREATED ──────────▶ CATCHING_UP ────────────▶ LIVE ──────────────▶ STOPPED
 *   │ │                  │  │ ▲ ▲ ▲                │ │                   ▲  ▲
 *   │ │                  │  │ │ │ └── detached ────┘ │                   │  │
 *   │ │                  │  │ │ └─resume()─┐         │                   │  │
 *   │ └──was paused──▶ PAUSED ◀───pause()──│─────────┤                   │  │
 *   │                       │ │            │         │                   │  │
 *   │                       │ └────────────│─────────┼────── close() ────┘  │
 *   │                       ▼              │         │                      │
 *   ├──────────────▶ FAILED ◀──────────────│─────────┘                      │
 *   │                  │ └──────resume()───┘                                │
 *   │                  └───────────────────────────────────── close() ─────▶┤
 *   └──────────────────────────────────────────────────────── close() ─────▶┘
 * </pre>
 *
 * <p>Not drawn: close() leads from every state to STOPPED, as does remove(); pause() leads to
 * PAUSED from FAILED too.
 */
public enum ProjectionState {
    /** Not started yet. */
    CREATED,

    /** Reads the log by itself, as fast as it can; its read model lags behind. */
    CATCHING_UP,

    /**
     * Gets events as they are committed. It stays live while it treats one that failed, which its
     * {@link ProjectionStatus#activity} tells, unless it has fallen far behind by then.
     */
    LIVE,

    /** Paused by its user, also over restarts. Its read model stays as of its last commit. */
    PAUSED,

    /** Stopped by an error, which its status tells. Its read model stays as of its last commit. */
    FAILED,

    /** The runtime is closed, or the projection removed from it. */
    STOPPED;

    /**
     * Whether this state may be followed by another.
     *
     * @param next the other
     * @return true along the arrows of the diagram
     */
    public boolean canMoveTo(ProjectionState next) {
        return switch (this) {
            case CREATED -> isOneOf(next, CATCHING_UP, PAUSED, FAILED, STOPPED);
            case CATCHING_UP -> isOneOf(next, LIVE, PAUSED, FAILED, STOPPED);
            case LIVE -> isOneOf(next, CATCHING_UP, PAUSED, FAILED, STOPPED);
            case PAUSED -> isOneOf(next, CATCHING_UP, FAILED, STOPPED);
            case FAILED -> isOneOf(next, CATCHING_UP, PAUSED, STOPPED);
            case STOPPED -> false;
        };
    }

    boolean isRunning() {
        return this == CATCHING_UP || this == LIVE;
    }

    private static boolean isOneOf(ProjectionState state, ProjectionState... those) {
        return Arrays.asList(those).contains(state);
    }
}
