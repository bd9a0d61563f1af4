package io.varve.store.serde;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.cfg.PackageVersion;
import io.varve.store.errors.SerdeException;

/**
 * Sees that the Jackson on the class path is new enough: an application's build may have chosen
 * another one than ours, and would fail much later with an error that names a field of Jackson.
 */
final class JacksonVersion {
    private static final int MAJOR = 2;
    private static final int LEAST_MINOR = 18;

    private JacksonVersion() {}

    static void check() {
        check(PackageVersion.VERSION);
    }

    static void check(Version found) {
        if (found.getMajorVersion() != MAJOR || found.getMinorVersion() < LEAST_MINOR) {
            throw new SerdeException(
                    "This version of Jackson cannot be used: found=" + found + " needed=2.18",
                    "Raise jackson-databind in your build to 2.18 or newer.",
                    null);
        }
    }
}
