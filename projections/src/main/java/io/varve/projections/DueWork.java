package io.varve.projections;

/**
 * What a node does because its time has come, whatever event, or tick, has let time go on.
 *
 * @param node that does it
 * @param key of what was due, null if it has none
 * @param time when it was, in milliseconds since 1970
 */
record DueWork(String node, Object key, long time) {
    /** The key as text; the user's own code makes it. */
    String keyText() {
        try {
            return String.valueOf(key);
        } catch (RuntimeException e) {
            return key.getClass().getName();
        }
    }
}
