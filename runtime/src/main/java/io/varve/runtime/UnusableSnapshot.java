package io.varve.runtime;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A snapshot of a projection that it could not begin with: it is passed over, and stays where it is
 * until it is deleted by hand, or makes way for newer ones.
 *
 * @param folder what it is in
 * @param why it cannot be used, for people
 * @param damaged whether that is because it is damaged: then it is of no use to anybody
 */
public record UnusableSnapshot(Path folder, String why, boolean damaged) {
    /**
     * Refuses what is missing.
     *
     * @param folder see the record
     * @param why see the record
     * @param damaged see the record
     */
    public UnusableSnapshot {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(why, "why");
    }
}
