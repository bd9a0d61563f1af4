package io.varve.store;

import java.util.Arrays;

/**
 * What the events of a batch have in common, told once for each run of neighbours that are alike:
 * stream, type, length of headers and given time. One thread at a time.
 *
 * <p>Most batches are a few runs, so what is done for each run instead of each event is done
 * rarely.
 */
final class EventRuns {
    private static final int FIRST_ROOM = 8;

    /** The event behind the last one of a run. */
    private int[] ends = new int[FIRST_ROOM];

    private int[] streams = new int[FIRST_ROOM];
    private int[] types = new int[FIRST_ROOM];
    private int[] headersLengths = new int[FIRST_ROOM];
    private long[] times = new long[FIRST_ROOM];
    private int count;

    /** Runs whose streams have their numbers; those of the others are only mentioned so far. */
    private int numbered;

    void clear() {
        count = 0;
        numbered = 0;
    }

    int count() {
        return count;
    }

    /**
     * Adds the next event.
     *
     * @param mention of its stream, see {@link BatchStreams#mention}
     */
    void add(int mention, int type, int headersLength, long time) {
        int last = count - 1;
        if (last >= numbered && isAlike(last, mention, type, headersLength, time)) {
            ends[last]++;
        } else {
            begin(mention, type, headersLength, time);
        }
    }

    private boolean isAlike(int run, int stream, int type, int headersLength, long time) {
        return streams[run] == stream
                && types[run] == type
                && headersLengths[run] == headersLength
                && times[run] == time;
    }

    /**
     * Gives the streams that were mentioned their numbers, and makes one run of neighbours that
     * turn out to be of one stream. Changes nothing where they have them: who appends a batch asks
     * first, and then the thread that commits it.
     */
    void number(BatchStreams names) {
        if (numbered == count) {
            return;
        }
        names.prepareMentioned();
        int kept = numbered;
        for (int run = numbered; run < count; run++) {
            int stream = names.numberOf(streams[run]);
            if (kept > 0
                    && isAlike(kept - 1, stream, types[run], headersLengths[run], times[run])) {
                ends[kept - 1] = ends[run];
            } else {
                move(run, kept);
                streams[kept++] = stream;
            }
        }
        count = kept;
        numbered = kept;
        names.endMentions();
    }

    private void move(int from, int to) {
        ends[to] = ends[from];
        types[to] = types[from];
        headersLengths[to] = headersLengths[from];
        times[to] = times[from];
    }

    private void begin(int stream, int type, int headersLength, long time) {
        if (count == ends.length) {
            grow();
        }
        ends[count] = (count == 0 ? 0 : ends[count - 1]) + 1;
        streams[count] = stream;
        types[count] = type;
        headersLengths[count] = headersLength;
        times[count++] = time;
    }

    private void grow() {
        int room = count * 2;
        ends = Arrays.copyOf(ends, room);
        streams = Arrays.copyOf(streams, room);
        types = Arrays.copyOf(types, room);
        headersLengths = Arrays.copyOf(headersLengths, room);
        times = Arrays.copyOf(times, room);
    }

    /** The run an event belongs to. */
    int of(int event) {
        int found = Arrays.binarySearch(ends, 0, count, event + 1);
        return found >= 0 ? found : -found - 1;
    }

    /** The first event of a run, or the number of all events behind the last run. */
    int start(int run) {
        return run == 0 ? 0 : ends[run - 1];
    }

    int end(int run) {
        return ends[run];
    }

    /** Index of the stream within the batch. */
    int stream(int run) {
        return streams[run];
    }

    /** Index of the type within the batch. */
    int type(int run) {
        return types[run];
    }

    int headersLength(int run) {
        return headersLengths[run];
    }

    /** Milliseconds since 1970, or {@link EventBatch#NOW}. */
    long time(int run) {
        return times[run];
    }

    /** Index of the last event's type, or -1. */
    int lastType() {
        return count == 0 ? -1 : types[count - 1];
    }
}
