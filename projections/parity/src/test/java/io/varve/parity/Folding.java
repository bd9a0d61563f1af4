package io.varve.parity;

/** Aggregations that both systems are given; most of them tell in which order values came. */
enum Folding {
    COUNT {
        @Override
        Long of(Long aggregate, Long value) {
            throw new UnsupportedOperationException("counted by the systems");
        }
    },
    REDUCE_LATEST {
        @Override
        Long of(Long aggregate, Long value) {
            return value;
        }
    },
    REDUCE_APPEND {
        @Override
        Long of(Long aggregate, Long value) {
            return (aggregate * 10 + orZero(value)) % 1_000_003;
        }
    },
    REDUCE_NULL_IF_SAME {
        @Override
        Long of(Long aggregate, Long value) {
            return aggregate.equals(value) ? null : value;
        }
    },
    AGGREGATE_APPEND {
        @Override
        Long of(Long aggregate, Long value) {
            return (aggregate * 10 + orZero(value)) % 1_000_003;
        }
    },
    AGGREGATE_NULL_IF_EVEN {
        @Override
        Long of(Long aggregate, Long value) {
            long sum = aggregate + orZero(value);
            return sum % 2 == 0 ? null : Long.valueOf(sum);
        }
    };

    static final long INITIAL = 1;

    /** Those that are not the systems' own. */
    static final Folding[] OF_VALUES = {
        REDUCE_LATEST, REDUCE_APPEND, REDUCE_NULL_IF_SAME, AGGREGATE_APPEND, AGGREGATE_NULL_IF_EVEN
    };

    abstract Long of(Long aggregate, Long value);

    /** Windowed aggregations are given nulls, as in Kafka Streams. */
    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }

    /**
     * In place of the first value, for Kafka Streams where old values are looked at: it takes the
     * first value for one that the table had, see parity.md.
     */
    static Long nothing() {
        return null;
    }

    /** An aggregator that begins with nothing. */
    Long fromNothing(String key, Long value, Long aggregate) {
        if (this == COUNT) {
            return aggregate == null ? 1 : aggregate + 1;
        }
        return of(aggregate == null ? INITIAL : aggregate, value);
    }

    /** Makes one aggregate of those of two sessions. */
    static Long merged(Long first, Long second) {
        return (first * 7 + second) % 1_000_003;
    }

    boolean isReduce() {
        return name().startsWith("REDUCE");
    }
}
