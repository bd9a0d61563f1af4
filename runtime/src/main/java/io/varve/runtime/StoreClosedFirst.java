package io.varve.runtime;

import io.varve.store.errors.StoreClosedException;

/** What helps where the store was closed before the runtime on it: none of its own remedies. */
final class StoreClosedFirst {
    private static final int DEEPEST_CAUSE = 100;

    private StoreClosedFirst() {}

    /**
     * What can be done about a failure.
     *
     * @param otherwise the remedy, unless the store is closed
     */
    static String remedy(Throwable failure, String otherwise) {
        Throwable one = failure;
        for (int depth = 0; one != null && depth < DEEPEST_CAUSE; depth++) {
            if (one instanceof StoreClosedException) {
                return "The store was closed before the runtime. Close the runtime, then open the"
                        + " store and start another on it: what is committed goes on there. Close a"
                        + " runtime before its store.";
            }
            one = one.getCause();
        }
        return otherwise;
    }
}
