package io.varve.runtime;

import java.util.function.Consumer;

/** Does something with each of several, whatever becomes of one. */
final class Each {
    private Each() {}

    /** Throws what went wrong last, when all are done; what went wrong before is suppressed. */
    static <T> void of(Iterable<T> all, Consumer<T> action) {
        RuntimeException failure = null;
        for (T one : all) {
            try {
                action.accept(one);
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
