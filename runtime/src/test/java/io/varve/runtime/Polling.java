package io.varve.runtime;

import java.util.concurrent.locks.LockSupport;

/** Looks again and again at what nobody tells of. */
final class Polling {
    private static final long NANOS = 200_000;

    private Polling() {}

    /** Between two looks: leaves the processor to what is waited for. */
    static void pause() {
        LockSupport.parkNanos(NANOS);
    }
}
