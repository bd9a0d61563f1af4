package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import java.util.Arrays;

/**
 * Collects the fixed fields of a block's events and writes them; see {@link RowFormat}. Fields are
 * kept by runs of events that are equal in all but their versions, which follow each other. One
 * thread at a time, used again and again.
 */
final class BlockRows {
    private static final int FIRST_ROOM = 64;

    /** Where each event's body begins, counted from the first one's. */
    private int[] bodies = new int[FIRST_ROOM];

    private int count;

    /** The event behind the last one of a run. */
    private int[] ends = new int[FIRST_ROOM];

    private int[] streams = new int[FIRST_ROOM];
    private long[] versions = new long[FIRST_ROOM];
    private int[] types = new int[FIRST_ROOM];
    private int[] headers = new int[FIRST_ROOM];
    private long[] times = new long[FIRST_ROOM];
    private int runs;

    /** Fields in which events differ. */
    private int own;

    void reset() {
        count = 0;
        runs = 0;
        own = 0;
    }

    int count() {
        return count;
    }

    /** Bytes of all rows. */
    int length() {
        return count * RowFormat.length(own);
    }

    /** The fields that rows have if a run is added. */
    int ownWith(EventRun run) {
        if (count == 0 || own == RowFormat.ALL) {
            return own;
        }
        return own
                | (follows(run) ? 0 : RowFormat.STREAM)
                | (run.type() == types[0] ? 0 : RowFormat.TYPE)
                | (run.headersLength() == headers[0] ? 0 : RowFormat.HEADERS)
                | (run.time() == times[0] ? 0 : RowFormat.TIME);
    }

    /** Whether events are of the one stream that all before them are of, version by version. */
    private boolean follows(EventRun run) {
        return run.stream() == streams[0] && run.version() == versions[0] + count;
    }

    /**
     * Adds the first events of a run.
     *
     * @param events how many
     * @param newOwn what {@link #ownWith} said
     * @param body where the first body begins, counted from the block's first one
     */
    void add(EventRun run, int events, int newOwn, int body) {
        own = newOwn;
        if (runs == ends.length) {
            growRuns();
        }
        streams[runs] = run.stream();
        versions[runs] = run.version();
        types[runs] = run.type();
        headers[runs] = run.headersLength();
        times[runs] = run.time();
        while (count + events > bodies.length) {
            bodies = Arrays.copyOf(bodies, bodies.length * 2);
        }
        run.starts(events, bodies, count, body);
        count += events;
        ends[runs++] = count;
    }

    private void growRuns() {
        int room = runs * 2;
        ends = Arrays.copyOf(ends, room);
        streams = Arrays.copyOf(streams, room);
        versions = Arrays.copyOf(versions, room);
        types = Arrays.copyOf(types, room);
        headers = Arrays.copyOf(headers, room);
        times = Arrays.copyOf(times, room);
    }

    /** Writes the shared fields. */
    void writeShared(BytesWriter out) {
        out.putShort(own);
        write(out, 0, versions[0], RowFormat.ALL);
        out.putShort(0);
    }

    /**
     * Writes the rows.
     *
     * @param first where the first event's body begins, counted from the block's first byte
     */
    void write(BytesWriter out, int first) {
        out.ensure(length());
        if (own == 0) {
            for (int i = 0; i < count; i++) {
                out.putShort(first + bodies[i]);
            }
            return;
        }
        int i = 0;
        for (int run = 0; run < runs; run++) {
            for (long version = versions[run]; i < ends[run]; version++) {
                out.putShort(first + bodies[i++]);
                write(out, run, version, own);
            }
        }
    }

    private void write(BytesWriter out, int run, long version, int fields) {
        if ((fields & RowFormat.STREAM) != 0) {
            out.putInt(streams[run]);
            put48(out, version);
        }
        if ((fields & RowFormat.TYPE) != 0) {
            out.putShort(types[run]);
        }
        if ((fields & RowFormat.HEADERS) != 0) {
            out.putShort(headers[run]);
        }
        if ((fields & RowFormat.TIME) != 0) {
            put48(out, times[run]);
        }
    }

    private static void put48(BytesWriter out, long value) {
        out.putInt((int) value);
        out.putShort((int) (value >> 32));
    }
}
