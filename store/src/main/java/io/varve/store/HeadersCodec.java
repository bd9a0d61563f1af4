package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The bytes of an event's headers: entries, one after the other, or nothing where there are none.
 *
 * <pre>
 *   0        1            5
 *  +--------+------------+----------------------+
 *  | kind   | length u32 | body, length bytes   |  ...
 *  +--------+------------+----------------------+
 *   1 event id      16 bytes, big-endian
 *   2 correlation   UTF-8
 *   3 causation     UTF-8
 *   4 user header   u8 length of the name, name as UTF-8, value as UTF-8
 * </pre>
 */
final class HeadersCodec {
    private static final int EVENT_ID = 1;
    private static final int CORRELATION = 2;
    private static final int CAUSATION = 3;
    private static final int USER = 4;
    private static final int ENTRY_HEADER = 5;

    private HeadersCodec() {}

    static void write(EventHeaders headers, BytesWriter out) {
        if (headers == EventHeaders.NONE) {
            return;
        }
        headers.eventId().ifPresent(id -> writeId(id, out));
        headers.correlation().ifPresent(text -> writeText(CORRELATION, text, out));
        headers.causation().ifPresent(text -> writeText(CAUSATION, text, out));
        headers.user().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> writeUser(entry.getKey(), entry.getValue(), out));
    }

    private static void writeId(UUID id, BytesWriter out) {
        out.putByte(EVENT_ID).putInt(16);
        out.putLong(Long.reverseBytes(id.getMostSignificantBits()));
        out.putLong(Long.reverseBytes(id.getLeastSignificantBits()));
    }

    private static void writeText(int kind, String text, BytesWriter out) {
        out.putByte(kind).putInt(0);
        int start = out.size();
        out.putUtf8(text);
        out.setInt(start - Integer.BYTES, out.size() - start);
    }

    private static void writeUser(String name, String value, BytesWriter out) {
        out.putByte(USER).putInt(0);
        int start = out.size();
        out.putByte(0).putUtf8(name);
        int nameLength = out.size() - start - 1;
        out.putUtf8(value);
        out.setInt(start - Integer.BYTES, out.size() - start);
        out.array()[start] = (byte) nameLength;
    }

    /** Reads what {@link #write} wrote. */
    static EventHeaders read(BytesView in) {
        if (in.length() == 0) {
            return EventHeaders.NONE;
        }
        Optional<UUID> id = Optional.empty();
        Optional<String> correlation = Optional.empty();
        Optional<String> causation = Optional.empty();
        Map<String, String> user = new HashMap<>();
        for (int at = 0; at < in.length(); at += ENTRY_HEADER + in.getInt(at + 1)) {
            int body = at + ENTRY_HEADER;
            int length = in.getInt(at + 1);
            switch (in.getByte(at)) {
                case EVENT_ID -> id = Optional.of(readId(in, body));
                case CORRELATION -> correlation = Optional.of(in.getUtf8(body, length));
                case CAUSATION -> causation = Optional.of(in.getUtf8(body, length));
                case USER -> {
                    int name = in.getByte(body) & 0xff;
                    user.put(
                            in.getUtf8(body + 1, name),
                            in.getUtf8(body + 1 + name, length - 1 - name));
                }
                default ->
                        throw new StoreCorruptedException(
                                "an unknown kind of header: kind=" + in.getByte(at),
                                "Open the store with a newer version of Varve.");
            }
        }
        return new EventHeaders(id, correlation, causation, user);
    }

    private static UUID readId(BytesView in, int at) {
        return new UUID(
                Long.reverseBytes(in.getLong(at)), Long.reverseBytes(in.getLong(at + Long.BYTES)));
    }
}
