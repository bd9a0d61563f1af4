package io.varve.store.snapshot;

import io.varve.store.errors.VarveException;
import java.util.Objects;

/** What became of a snapshot that was, or was not, to be saved. */
public sealed interface SaveOutcome {
    /** The policy does not ask for one, or the stream has no events. */
    record NotDue() implements SaveOutcome {}

    /**
     * It is saved.
     *
     * @param version of the stream it is of
     * @param pruned how many older or invalid ones were removed in the same transaction
     */
    record Saved(long version, int pruned) implements SaveOutcome {}

    /**
     * There is one already that is as new, or newer.
     *
     * @param version of the stream that one is of
     */
    record Present(long version) implements SaveOutcome {}

    /**
     * It could not be saved; nothing has changed, and the next one may succeed.
     *
     * @param cause why not: the disk is full, the state has no form in bytes, and the like
     */
    record Failed(VarveException cause) implements SaveOutcome {
        /**
         * Refuses null.
         *
         * @param cause see the record
         */
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }
    }
}
