package io.varve.projections;

import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.List;

/** What the sinks of a task have emitted since the last commit, and which of it is to be kept. */
final class TaskOutbox {
    /** Until then memory is no reason to commit. */
    private static final int FULL_BYTES = 8 << 20;

    /** Removed by one commit at most. */
    private static final int STEP = 10_000;

    private final List<EmittedEvent> emitted = new ArrayList<>();
    private final BytesWriter keys = new BytesWriter();
    private final BytesWriter values = new BytesWriter();
    private long bytes;
    private long position = -1;
    private int number;
    private long appended = -1;

    /** Whether the table may have rows of events that were appended. */
    private boolean trims = true;

    private boolean trimmed;

    /** What is emitted for an event that was left out in its turn would be out of order. */
    static IllegalStateException late(SourceEvent event) {
        return new IllegalStateException(
                "An event that was left out cannot emit others any more: position="
                        + event.position()
                        + ". Let projections that emit fail of their events.");
    }

    /** Takes an event, unless one like it is in the log. */
    void emit(long at, String node, StreamId stream, NewEvent event) {
        number = at == position ? number + 1 : 0;
        position = at;
        if (at > appended) {
            emitted.add(new EmittedEvent(at, number, node, stream, event));
            bytes += event.payload().length;
        }
    }

    /** All that was emitted up to a position is in the log. */
    void appended(long through) {
        if (through > appended) {
            appended = through;
            trims = true;
            emitted.removeIf(event -> event.position() <= through);
        }
    }

    int size() {
        return emitted.size();
    }

    boolean isFull() {
        return bytes >= FULL_BYTES;
    }

    void writeTo(StateTransaction transaction) {
        Table table = transaction.table(Outbox.TABLE);
        trimmed = !trims || trim(table);
        for (EmittedEvent event : emitted) {
            Outbox.key(keys.reset(), event.position(), event.number());
            Outbox.write(event, values.reset());
            table.put(keys.view(), values.view());
        }
    }

    /** Returns whether nothing is left to be removed. */
    private boolean trim(Table table) {
        if (appended < 0) {
            return true;
        }
        if (appended < Long.MAX_VALUE) {
            Outbox.writeKnown(table, appended);
        }
        List<byte[]> gone = new ArrayList<>();
        long end = appended == Long.MAX_VALUE ? appended : appended + 1;
        table.scan(
                Outbox.key(new BytesWriter(), 0, 0).view(),
                Outbox.key(keys.reset(), end, 0).view(),
                (key, value) -> {
                    gone.add(key.toByteArray());
                    return gone.size() < STEP;
                });
        gone.forEach(key -> table.delete(BytesView.of(key)));
        return gone.size() < STEP;
    }

    void committed() {
        trims = !trimmed;
        forget();
    }

    /** Forgets what is not committed. */
    void forget() {
        emitted.clear();
        bytes = 0;
        position = -1;
    }
}
