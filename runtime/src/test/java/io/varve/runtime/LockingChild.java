package io.varve.runtime;

import io.varve.store.errors.StoreLockedException;
import java.nio.file.Path;

/** Tries to take a lock file, and tells by its exit code whether it could. */
final class LockingChild {
    private LockingChild() {}

    public static void main(String[] arguments) throws Exception {
        try {
            FileLocking.take(Path.of(arguments[0]), arguments[1]);
            Runtime.getRuntime().halt(7);
        } catch (StoreLockedException e) {
            Runtime.getRuntime().halt(8);
        }
    }
}
