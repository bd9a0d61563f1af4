package io.varve.runtime;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what a generation is to come to; its own thread would wait for itself. */
record GenerationWaits(GenerationGuard guard, Progress progress) {
    /** Waits until a position is committed; see {@link Progress#await}. */
    boolean await(long position, Duration timeout, BooleanSupplier giveUp)
            throws InterruptedException {
        guard.refuseClosed();
        guard.refuseUnstarted();
        guard.refuseRefused();
        if (progress.position() < position) {
            guard.refuseOwnThread();
        }
        return progress.await(position, timeout, giveUp);
    }

    /** Waits until it gets events as they are committed; see {@link Progress#awaitLive}. */
    boolean awaitLive(Duration timeout, BooleanSupplier giveUp) throws InterruptedException {
        guard.refuseUnstarted();
        if (progress.state() != ProjectionState.LIVE) {
            guard.refuseOwnThread();
        }
        return progress.awaitLive(timeout, giveUp);
    }
}
