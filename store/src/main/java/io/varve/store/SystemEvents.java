package io.varve.store;

/**
 * Events that the store writes itself. Their types begin with {@value #PREFIX}, which other types
 * may not. Readers of the log see them as they see all events; {@link Category} and projections,
 * whose events are typed, pass over them.
 */
public final class SystemEvents {
    /** What the types of system events begin with. */
    public static final String PREFIX = "$";

    /** The type of the last event of a stream that has ended; it has no payload. */
    public static final String TOMBSTONE = PREFIX + "tombstone";

    private SystemEvents() {}

    /**
     * Whether a type is one of the store's own.
     *
     * @param type of an event
     * @return true if so
     */
    public static boolean isSystem(String type) {
        return type.equals(TOMBSTONE);
    }
}
