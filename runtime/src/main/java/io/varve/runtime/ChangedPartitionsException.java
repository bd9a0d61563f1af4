package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.nio.file.Path;

/** A projection is to run in another number of partitions than its read model was computed in. */
public final class ChangedPartitionsException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final int was;
    private final int is;

    ChangedPartitionsException(String projection, Path folder, int was, int is) {
        super(
                "The number of partitions has changed since the read model was computed: projection="
                        + projection
                        + " was="
                        + was
                        + " is="
                        + is
                        + " folder="
                        + folder,
                "Rebuild it with the new number and promote that: rebuild(projection, config) beside"
                        + " the old one, which is read meanwhile if it is started with its own"
                        + " number.");
        this.projection = projection;
        this.was = was;
        this.is = is;
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * In how many partitions its read model was computed.
     *
     * @return 1 or more
     */
    public int was() {
        return was;
    }

    /**
     * In how many it is to run.
     *
     * @return 1 or more
     */
    public int is() {
        return is;
    }
}
