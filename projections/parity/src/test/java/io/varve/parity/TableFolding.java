package io.varve.parity;

/** Aggregations of tables by group. */
enum TableFolding {
    COUNT,
    REDUCE_SUM,
    /** Tells in which order values were added and taken back. */
    REDUCE_TRACE,
    AGGREGATE_TRACE,
    AGGREGATE_NULL_IF_EVEN;

    Long add(Long aggregate, Long value) {
        return switch (this) {
            case COUNT -> aggregate + 1;
            case REDUCE_SUM -> aggregate + value;
            case REDUCE_TRACE, AGGREGATE_TRACE -> (aggregate * 10 + value + 1) % 1_000_003;
            case AGGREGATE_NULL_IF_EVEN -> oddOrNull(aggregate + value);
        };
    }

    Long subtract(Long aggregate, Long value) {
        return switch (this) {
            case COUNT -> aggregate - 1;
            case REDUCE_SUM -> aggregate - value;
            case REDUCE_TRACE, AGGREGATE_TRACE -> (aggregate * 10 - value - 1) % 1_000_003;
            case AGGREGATE_NULL_IF_EVEN -> oddOrNull(aggregate - value);
        };
    }

    private static Long oddOrNull(long sum) {
        return sum % 2 == 0 ? null : Long.valueOf(sum);
    }

    boolean isReduce() {
        return this == REDUCE_SUM || this == REDUCE_TRACE;
    }
}
