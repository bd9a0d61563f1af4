package io.varve.store;

/**
 * Hashes of streams for tables of open addresses. Hash codes of text are cheap, and many texts can
 * be made that share one, or one slot; so where a table meets long runs of taken slots, it goes
 * over to hashes that nobody can foretell. Thread-safe.
 */
final class StreamHash {
    /** Taken slots in a row; by chance there are a quarter as many in a table of a million. */
    static final int LONG_RUN = 256;

    private static final long SEED = Entropy.nextLong();
    private static final long ODD = Entropy.nextLong() | 1;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private StreamHash() {}

    /** A hash by what nobody knows. */
    static int unforeseen(StreamId id) {
        return (int) (mixed(mixed(SEED, id.category()), id.key()) >>> 32);
    }

    private static long mixed(long seed, String text) {
        long hash = seed ^ text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * ODD;
            hash = (hash ^ hash >>> 32) * GOLDEN;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    /** Where to begin to look. Hash codes of like names differ in their low bits alone. */
    static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 16;
    }
}
