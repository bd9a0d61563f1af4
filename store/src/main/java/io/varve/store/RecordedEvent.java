package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.serde.EventSerde;
import java.util.Arrays;

/**
 * An event of the log, on the heap: keep it as long as you like.
 *
 * @param position in the log, from 0
 * @param stream it belongs to
 * @param version in the stream, from 0
 * @param type the stable name of its type
 * @param eventTimeMillis when it happened, in milliseconds since 1970-01-01T00:00Z
 * @param commitTimeMillis when it was committed, likewise
 * @param headers what else is known
 * @param payload its bytes
 */
public record RecordedEvent(
        long position,
        StreamId stream,
        long version,
        String type,
        long eventTimeMillis,
        long commitTimeMillis,
        EventHeaders headers,
        byte[] payload) {
    /**
     * Whether it is the tombstone that ends its stream.
     *
     * @return true if so
     */
    public boolean isTombstone() {
        return type.equals(SystemEvents.TOMBSTONE);
    }

    /**
     * Decodes its payload.
     *
     * @param serde of its category
     * @param <E> what the category's events have in common
     * @return the event
     * @throws io.varve.store.errors.SerdeException if the serde cannot read it, as it cannot read a
     *     tombstone; says which event it is
     */
    public <E> E decode(EventSerde<E> serde) {
        try {
            return serde.deserialize(type, BytesView.of(payload));
        } catch (RuntimeException e) {
            throw Undecodable.told(e, position, stream, version, type);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordedEvent event
                && event.position == position
                && event.version == version
                && event.eventTimeMillis == eventTimeMillis
                && event.commitTimeMillis == commitTimeMillis
                && event.stream.equals(stream)
                && event.type.equals(type)
                && event.headers.equals(headers)
                && Arrays.equals(event.payload, payload);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(position) * 31 + stream.hashCode();
    }

    @Override
    public String toString() {
        return "RecordedEvent[position="
                + position
                + ", stream="
                + stream
                + ", version="
                + version
                + ", type="
                + type
                + ", payload="
                + payload.length
                + " bytes]";
    }
}
