package io.varve.projections;

/** Something that can be ended. */
@FunctionalInterface
public interface Cancellable {
    /** Ends it, for good: after a restart, too, once that is committed. */
    void cancel();
}
