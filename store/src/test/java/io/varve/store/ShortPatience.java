package io.varve.store;

import java.util.function.Supplier;

/**
 * Opens what waits a short time only for readers that are inside when it is closed or grows: for
 * tests in which they stay.
 */
public final class ShortPatience {
    private static final String PROPERTY = "varve.patience.millis";

    private ShortPatience() {}

    /**
     * Opens it.
     *
     * @param opening what opens it
     * @param <T> what is opened
     * @return what was opened
     */
    public static <T> T open(Supplier<T> opening) {
        return open(50, opening);
    }

    /**
     * Opens it.
     *
     * @param millis how long it is to wait
     * @param opening what opens it
     * @param <T> what is opened
     * @return what was opened
     */
    public static <T> T open(int millis, Supplier<T> opening) {
        System.setProperty(PROPERTY, String.valueOf(millis));
        try {
            return opening.get();
        } finally {
            System.clearProperty(PROPERTY);
        }
    }
}
