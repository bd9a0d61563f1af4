package io.varve.store;

/**
 * Events of a batch that are alike, on their way into a block.
 *
 * @param batch they are of
 * @param from the first of them
 * @param to behind the last of them
 * @param stream its number
 * @param version of the first
 * @param type its number
 * @param headersLength of each
 * @param time milliseconds since 1970
 */
record EventRun(
        EventBatch batch,
        int from,
        int to,
        int stream,
        long version,
        int type,
        int headersLength,
        long time) {
    /** The run without its first events. */
    EventRun behind(int events) {
        return new EventRun(
                batch, from + events, to, stream, version + events, type, headersLength, time);
    }

    int count() {
        return to - from;
    }

    /** How many events, with their rows, take no more than so many bytes. */
    int fit(long bytes, int row) {
        int high = count();
        if (batch.bodyLength(from, to) + high * (long) row <= bytes) {
            return high;
        }
        int low = 0;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (batch.bodyLength(from, from + middle) + middle * (long) row <= bytes) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * Tells where its first events begin.
     *
     * @param target gets them from {@code at} on
     * @param first where the first of them begins
     */
    void starts(int events, int[] target, int at, int first) {
        batch.starts(from, from + events, target, at, first - batch.start(from));
    }

    /** Adds headers and payloads of its first events. */
    void bodies(int events, BlockSlices target) {
        int start = batch.start(from);
        target.add(batch.bytes(), start, batch.bodyLength(from, from + events));
    }
}
