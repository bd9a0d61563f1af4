package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events that a projection has emitted and that are not known to be in the log: committed with
 * its rows, in the order in which they are to be appended.
 *
 * <pre>
 *   table sinks/outbox:  position:8 number:4, ordered ──▶
 *       2:1 time:8 node:4+n category:4+n key:4+n type:4+n headers payload
 *   headers:             {@link HeaderTexts}, without an id
 *                      position -1 ──▶ 2:1 position:8, up to which all is known to be in the log
 * </pre>
 */
public final class Outbox {
    /** No store can have this name: theirs have no slash. */
    static final String TABLE = "sinks/outbox";

    private static final int FORMAT = 2;

    /** Before all positions. */
    private static final long KNOWN = -1;

    private static final int KEY_BYTES = Long.BYTES + Integer.BYTES;

    private Outbox() {}

    /**
     * Reads what is to be appended next: for each position all of it or nothing.
     *
     * @param view of the environment of a topology that emits
     * @param after the position behind which it begins
     * @param enough how many bytes of payload, and events, are enough; more if one position has
     *     more
     * @return empty if there is nothing
     */
    public static List<EmittedEvent> next(StateView view, long after, int enough) {
        List<EmittedEvent> found = new ArrayList<>();
        long[] taken = {0};
        view.table(TABLE)
                .scan(
                        key(new BytesWriter(), after + 1, 0).view(),
                        new BytesView(),
                        (key, value) -> {
                            EmittedEvent event = read(key, value);
                            if (taken[0] >= enough
                                    && event.position() != found.get(found.size() - 1).position()) {
                                return false;
                            }
                            // Each costs something, also one without a payload.
                            taken[0] += 1 + event.event().payload().length;
                            found.add(event);
                            return true;
                        });
        return found;
    }

    /**
     * Up to which position everything emitted is known to be in the log, so that it is not kept
     * here any more. A log whose mark is before it is not the one that got it.
     *
     * @param view of the environment of a topology that emits
     * @return -1 if nothing is
     */
    public static long known(StateView view) {
        BytesView found = new BytesView();
        return view.table(TABLE).get(key(new BytesWriter(), KNOWN, 0).view(), found)
                ? found.getLong(1)
                : -1;
    }

    /** Notes it. */
    static void writeKnown(Table table, long position) {
        table.put(
                key(new BytesWriter(), KNOWN, 0).view(),
                new BytesWriter().putByte(FORMAT).putLong(position).view());
    }

    static BytesWriter key(BytesWriter out, long position, int number) {
        return out.putOrderedLong(position).putOrderedInt(number);
    }

    static void write(EmittedEvent emitted, BytesWriter out) {
        NewEvent event = emitted.event();
        out.putByte(FORMAT).putLong(event.eventTimeMillis().orElseThrow());
        HeaderTexts.text(emitted.node(), out);
        HeaderTexts.text(emitted.stream().category(), out);
        HeaderTexts.text(emitted.stream().key(), out);
        HeaderTexts.text(event.type(), out);
        HeaderTexts.write(withoutId(event.headers()), out);
        out.putBytes(event.payload());
    }

    /** The id of an emitted event is its own. */
    private static EventHeaders withoutId(EventHeaders headers) {
        return headers.eventId().isEmpty()
                ? headers
                : new EventHeaders(
                        Optional.empty(),
                        headers.correlation(),
                        headers.causation(),
                        headers.user());
    }

    private static EmittedEvent read(BytesView key, BytesView value) {
        if (key.length() != KEY_BYTES || value.getByte(0) != FORMAT) {
            throw new IllegalStateException(
                    "A row of another format: table=" + TABLE + ". Rebuild the projection.");
        }
        long position = Long.reverseBytes(key.getLong(0)) ^ Long.MIN_VALUE;
        int number = Integer.reverseBytes(key.getInt(Long.BYTES)) ^ Integer.MIN_VALUE;
        long time = value.getLong(1);
        HeaderTexts.Reader texts = new HeaderTexts.Reader(value, 1 + Long.BYTES);
        String node = texts.next();
        StreamId stream = StreamId.of(texts.next(), texts.next());
        String type = texts.next();
        EventHeaders headers = texts.headers();
        byte[] payload = new byte[value.length() - texts.at()];
        value.copyTo(texts.at(), payload, 0, payload.length);
        NewEvent event = NewEvent.of(type, payload).at(time).with(headers);
        return new EmittedEvent(position, number, node, stream, event);
    }
}
