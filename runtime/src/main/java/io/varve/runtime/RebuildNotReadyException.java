package io.varve.runtime;

import io.varve.store.errors.VarveException;

/** A rebuild cannot be promoted as it is. */
public final class RebuildNotReadyException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;

    RebuildNotReadyException(String projection, RebuildProgress now) {
        super(
                what(now.phase())
                        + ": projection="
                        + projection
                        + " generation="
                        + now.generation()
                        + " phase="
                        + now.phase()
                        + " position="
                        + now.position()
                        + " head="
                        + now.head(),
                remedy(now.phase()));
        this.projection = projection;
    }

    private static String what(RebuildPhase phase) {
        return switch (phase) {
            case CANCELLED -> "The rebuild was cancelled";
            case PROMOTED -> "The rebuild was promoted before";
            case FAILED -> "The rebuild has failed";
            case SUSPENDED -> "The rebuild was suspended";
            case CATCHING_UP -> "The rebuild cannot be promoted yet";
            case CAUGHT_UP ->
                    "The rebuild did not come in time to what can be seen of the live one";
        };
    }

    private static String remedy(RebuildPhase phase) {
        return switch (phase) {
            case CANCELLED -> "What it had computed is deleted; ask for another, if it is wanted.";
            case PROMOTED ->
                    "Its generation was made the live one then; if that was rolled back since,"
                            + " rollback makes it live again.";
            case FAILED ->
                    "See its progress, remedy the failure and rebuild again; or cancel it. What is"
                            + " live goes on.";
            case SUSPENDED -> "Ask for it again after the next start: it goes on where it was.";
            case CATCHING_UP -> "Wait until it has caught up, with await(timeout).";
            case CAUGHT_UP ->
                    "Promote it again, when less is appended; or let promotions wait longer, see"
                            + " RuntimeConfig.shutdownTimeout. What is live goes on.";
        };
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
