package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * When the rows of a store with a time to live expire. Its table has rows with a key only, in the
 * order in which they expire, and behind the others' backs the stream time they were committed at.
 *
 * <pre>
 *   00                                                     its value: s64 stream time
 *   s64 time of the row's last change │ key of the row     one for each row of the store
 *
 *   s64: with the sign bit turned over, so that bytes sort as numbers do
 * </pre>
 *
 * <p>Values of such a store begin with the time of the last change, as {@code s64}.
 *
 * <p>Time is that of the topology, or, for a store of windows, that of the nodes that write it: the
 * windows close by it, so that no row is gone that a record may still come for. It passes behind
 * what a record has closed, so that this is told of first. Of several nodes the last one counts.
 */
final class RowExpiry {
    /** What a value begins with. */
    static final int TIME_BYTES = Long.BYTES;

    private static final BytesView STREAM_TIME = BytesView.of(new byte[] {0});
    private static final BytesView NOTHING = BytesView.of(new byte[0]);

    /** How many rows are looked for at once. */
    private static final int STEP = 10_000;

    private final String table;
    private final long ttl;
    private final TaskContext context;

    /** Of the nodes that write the store; empty where rows expire by the topology's. */
    private final List<StreamTime> clocks = new ArrayList<>();

    private long ownTime = Long.MIN_VALUE;
    private long ownCommittedTime = Long.MIN_VALUE;
    private final BytesWriter writer = new BytesWriter();

    RowExpiry(StoreDefinition<?, ?> definition, TaskContext context) {
        this.table = definition.expiryTable();
        this.ttl = definition.ttlMillis();
        this.context = context;
    }

    boolean isOn() {
        return ttl > 0;
    }

    /** Lets rows expire by the time of a node that writes the store, and of no others. */
    void by(StreamTime clock) {
        clocks.add(clock);
    }

    boolean hasOwnTime() {
        return !clocks.isEmpty();
    }

    /** A record has been applied by one of these nodes. */
    void pass() {
        if (isOn()) {
            long earliest = Long.MAX_VALUE;
            for (StreamTime clock : clocks) {
                earliest = Math.min(earliest, clock.latest());
            }
            ownTime = earliest;
        }
    }

    /** Everything up to now is committed. */
    void committed() {
        ownCommittedTime = ownTime;
    }

    private long now() {
        return hasOwnTime() ? ownTime : context.streamTime();
    }

    private long committedTime() {
        return hasOwnTime() ? ownCommittedTime : context.committedTime();
    }

    static long time(BytesView value) {
        return Long.reverseBytes(value.getLong(0)) ^ Long.MIN_VALUE;
    }

    static Instant instant(BytesView row) {
        return Instant.ofEpochMilli(time(row));
    }

    /** Whether a row that was changed then is no longer there, for the event in hand. */
    boolean isExpired(long time) {
        return time < bound(now());
    }

    /** Whether the last commit has removed a row that was changed then. */
    boolean isRemoved(long time) {
        return time < bound(committedTime());
    }

    private long bound(long streamTime) {
        return streamTime < Long.MIN_VALUE + ttl ? Long.MIN_VALUE : streamTime - ttl;
    }

    /** Whether time has moved since the last commit. */
    boolean isDue() {
        return isOn() && now() > committedTime();
    }

    /**
     * Goes on from the last commit.
     *
     * @return the topology's stream time then, where it is kept; elsewhere the smallest long
     */
    long restart(StateView view) {
        if (hasOwnTime()) {
            pass();
            committed();
        }
        if (!isOn() || hasOwnTime()) {
            return Long.MIN_VALUE;
        }
        BytesView value = new BytesView();
        return view.table(table).get(STREAM_TIME, value) ? time(value) : Long.MIN_VALUE;
    }

    /**
     * The stream time at which the first of the rows that are committed expires; {@link
     * Timed#NEVER} if none does. For a store with a time to live.
     */
    long next() {
        long[] first = {Timed.NEVER};
        context.view()
                .table(table)
                .scan(
                        BytesView.of(new byte[] {0, 0}),
                        new BytesView(),
                        (entry, nothing) -> {
                            first[0] = time(entry) + ttl + 1;
                            return false;
                        });
        return first[0];
    }

    /** Notes that a row expires at another time than before; empty where there is no row. */
    void move(StateTransaction transaction, OptionalLong before, OptionalLong after, byte[] key) {
        if (before.equals(after)) {
            return;
        }
        Table entries = transaction.table(table);
        before.ifPresent(time -> entries.delete(entry(time, key)));
        after.ifPresent(time -> entries.put(entry(time, key), NOTHING));
    }

    private BytesView entry(long time, byte[] key) {
        return writer.reset().putOrderedLong(time).putBytes(key).view();
    }

    /** Gives out the keys of all rows that have expired, and notes the stream time. */
    void expire(StateTransaction transaction, Consumer<byte[]> remover) {
        Table entries = transaction.table(table);
        byte[] bound = new BytesWriter().putOrderedLong(bound(now())).toByteArray();
        List<byte[]> expired = next(entries, bound);
        while (!expired.isEmpty()) {
            for (byte[] entry : expired) {
                byte[] key = new byte[entry.length - TIME_BYTES];
                System.arraycopy(entry, TIME_BYTES, key, 0, key.length);
                remover.accept(key);
                entries.delete(BytesView.of(entry));
            }
            expired = next(entries, bound);
        }
        writer.reset().putOrderedLong(now());
        entries.put(STREAM_TIME, writer.view());
    }

    /** Some of the first, as a table must not be changed while it is walked. */
    private static List<byte[]> next(Table entries, byte[] bound) {
        List<byte[]> found = new ArrayList<>();
        entries.scan(
                BytesView.of(new byte[] {0, 0}),
                BytesView.of(bound),
                (entry, nothing) -> {
                    found.add(entry.toByteArray());
                    return found.size() < STEP;
                });
        return found;
    }
}
