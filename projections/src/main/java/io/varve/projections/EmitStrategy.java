package io.varve.projections;

/**
 * When nodes behind a windowed table are told of its rows.
 *
 * <pre>{@code
 * grouped.windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofHours(1)))
 *         .emitStrategy(EmitStrategy.onWindowClose())
 *         .count(Materialized.windowed(PER_HOUR, Serdes.utf8(), Serdes.int64()))
 *         .toStream();      // one record per key and hour
 * }</pre>
 */
public enum EmitStrategy {
    /** Of each change, at once. */
    WINDOW_UPDATE,

    /** Once, when the window closes. */
    WINDOW_CLOSE;

    /**
     * Tells of each change at once.
     *
     * @return the strategy that holds where none is given
     */
    public static EmitStrategy onWindowUpdate() {
        return WINDOW_UPDATE;
    }

    /**
     * Tells of a row once, when a record comes whose time closes its window. Windows that close
     * with one record come in the order of their ends.
     *
     * @return the strategy
     */
    public static EmitStrategy onWindowClose() {
        return WINDOW_CLOSE;
    }
}
