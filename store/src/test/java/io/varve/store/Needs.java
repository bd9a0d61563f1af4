package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine it runs on. Where that is missing the test is skipped, and says
 * so; with {@code -Dvarve.faults} it fails, so that nobody takes for tested what was not.
 */
public final class Needs {
    private static final Logger LOGGER = System.getLogger(Needs.class.getName());
    private static final boolean ALL = System.getProperty("varve.faults") != null;

    private Needs() {}

    /** Goes on where something is there. */
    public static void that(boolean there, String missing) {
        if (ALL) {
            assertTrue(there, missing);
        }
        if (!there) {
            LOGGER.log(Level.WARNING, "A test is skipped: {0}", missing);
        }
        Assumptions.assumeTrue(there, missing);
    }
}
