package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;

/**
 * What a read model knows of its life besides its rows: whether it is paused, how often an event
 * was tried, how many letters were purged, how much was read for it. A snapshot has the rows of the
 * time when it was made; see {@link StateOpening} for what is made of the first.
 *
 * <pre>
 *   table varve/life:   key "paused"   ──▶ "1"; no row where it is not, but for one that was begun
 *                                          anew: the catalogue knows it too
 *                       key "tried"    ──▶ position (8) | attempts (8), of the event that failed last;
 *                                          of no meaning once the checkpoint is behind the position
 *                       key "purged"   ──▶ how many letters of skipped events (8)
 *                       key "begun"    ──▶ position (8) of the snapshot that its rebuild has begun with;
 *                                          no row where that was the first event
 *                       key "read"     ──▶ how many bytes of payload (8); where snapshots are due by bytes
 * </pre>
 *
 * <p>Numbers are little-endian.
 */
final class Life {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "varve/life";

    private static final BytesView PAUSED = text("paused");
    private static final BytesView YES = text("1");
    private static final BytesView TRIED = text("tried");
    private static final BytesView PURGED = text("purged");
    private static final BytesView READ = text("read");
    private static final BytesView BEGUN = text("begun");

    private Life() {}

    private static BytesView text(String text) {
        return BytesView.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static boolean isPaused(StateView view) {
        return view.table(TABLE).get(PAUSED, new BytesView());
    }

    /** Sets it; it is on the disk then. */
    static void setPaused(StateEnvironment environment, boolean paused) {
        try (StateTransaction transaction = environment.begin()) {
            if (paused) {
                transaction.table(TABLE).put(PAUSED, YES);
            } else {
                transaction.table(TABLE).delete(PAUSED);
            }
            transaction.commit();
        }
        environment.sync();
    }

    /** How often an event was tried already; 0 if that is not known. */
    static int attempts(StateView view, long position) {
        BytesView row = new BytesView();
        return view.table(TABLE).get(TRIED, row) && row.getLong(0) == position
                ? (int) row.getLong(Long.BYTES)
                : 0;
    }

    /** Keeps how often an event was tried; it survives the process. */
    static void keepAttempts(StateEnvironment environment, long position, int attempts) {
        BytesWriter row = new BytesWriter().putLong(position).putLong(attempts);
        try (StateTransaction transaction = environment.begin()) {
            transaction.table(TABLE).put(TRIED, row.view());
            transaction.commit();
        }
    }

    static long purged(StateView view) {
        BytesView row = new BytesView();
        return view.table(TABLE).get(PURGED, row) ? row.getLong(0) : 0;
    }

    /** Bytes of payload that were read for it; 0 where that is not kept. */
    static long bytesRead(StateView view) {
        BytesView row = new BytesView();
        return view.table(TABLE).get(READ, row) ? row.getLong(0) : 0;
    }

    static void keepBytesRead(StateTransaction transaction, long bytes) {
        transaction.table(TABLE).put(READ, new BytesWriter().putLong(bytes).view());
    }

    /** Position of the snapshot that a rebuild has begun with; -1 for none. */
    static long begunAt(StateView view) {
        BytesView row = new BytesView();
        return view.table(TABLE).get(BEGUN, row) ? row.getLong(0) : -1;
    }

    /** It is the beginning of a rebuild, and not paused, whatever was so where it comes from. */
    static void begin(StateTransaction transaction, long position) {
        transaction.table(TABLE).delete(PAUSED);
        transaction.table(TABLE).put(BEGUN, new BytesWriter().putLong(position).view());
    }

    static void keepPurged(StateTransaction transaction, long letters) {
        transaction.table(TABLE).put(PURGED, new BytesWriter().putLong(letters).view());
    }
}
