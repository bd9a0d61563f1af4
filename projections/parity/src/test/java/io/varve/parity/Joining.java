package io.varve.parity;

/** Which rows a join needs. */
enum Joining {
    INNER,
    LEFT,
    OUTER;

    /** Far from all values. */
    private static final long UNMATCHED = Long.MAX_VALUE / 2;

    /** What both systems make of two values; null at times. */
    static Long of(Long left, Long right) {
        long made = (left == null ? 5 : left) * 100 + (right == null ? 7 : right);
        return made % 9 == 0 ? null : Long.valueOf(made % 1_000_003);
    }

    /** What both systems make of two records; one that has no match is known by it. */
    static Long ofRecords(Long left, Long right) {
        return left == null || right == null
                ? Long.valueOf(UNMATCHED + (left == null ? -right : left))
                : Long.valueOf((left * 100 + right) % 1_000_003);
    }

    static boolean isUnmatched(String value) {
        return !value.equals("null") && Math.abs(Long.parseLong(value) - UNMATCHED) < UNMATCHED / 2;
    }
}
