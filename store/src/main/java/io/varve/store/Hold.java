package io.varve.store;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Says that somebody still needs the log from a position on.
 *
 * @param name of who needs it, 1 to 400 bytes of UTF-8, without half a surrogate pair
 * @param position the first that is needed, 0 or more
 */
public record Hold(String name, long position) {
    /**
     * Refuses what cannot be a hold.
     *
     * @param name see the record
     * @param position see the record
     */
    public Hold {
        checkName(name);
        if (position < 0) {
            throw new IllegalArgumentException(
                    "Positions begin at 0: position=" + position + " hold=" + name);
        }
    }

    static void checkName(String name) {
        Objects.requireNonNull(name, "name");
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > 400) {
            throw new IllegalArgumentException(
                    "The name of a hold has 1 to 400 bytes: bytes=" + bytes);
        }
        StreamId.checkPairs("hold", name);
    }
}
