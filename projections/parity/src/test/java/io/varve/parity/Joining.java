package io.varve.parity;

/** Which rows a join needs. */
enum Joining {
    INNER,
    LEFT,
    OUTER;

    /** What both systems make of two values; null at times. */
    static Long of(Long left, Long right) {
        long made = (left == null ? 5 : left) * 100 + (right == null ? 7 : right);
        return made % 9 == 0 ? null : Long.valueOf(made % 1_000_003);
    }
}
