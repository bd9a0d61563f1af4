package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
 *
 * <p>Kinds 1 to 3 come once at most, and so does each name of a user header.
 */
final class HeadersCodec {
    private static final int EVENT_ID = 1;
    private static final int CORRELATION = 2;
    private static final int CAUSATION = 3;
    private static final int USER = 4;
    private static final int ENTRY_HEADER = 5;

    private final BytesView in;
    private final Map<String, String> user = new HashMap<>();
    private Optional<UUID> id = Optional.empty();
    private Optional<String> correlation = Optional.empty();
    private Optional<String> causation = Optional.empty();

    /** For the time of one reading. */
    private HeadersCodec(BytesView in) {
        this.in = in;
    }

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

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws StoreCorruptedException if the bytes are anything else
     * @throws IncompatibleStoreException if there is a kind of header that a newer version wrote
     */
    static EventHeaders read(BytesView in) {
        return in.length() == 0 ? EventHeaders.NONE : new HeadersCodec(in).read();
    }

    private EventHeaders read() {
        int at = 0;
        while (at < in.length()) {
            int body = at + ENTRY_HEADER;
            if (body > in.length()) {
                throw damaged("an entry is cut short", at);
            }
            int length = in.getInt(at + 1);
            if (length < 0 || length > in.length() - body) {
                throw damaged("an entry is longer than its headers", at);
            }
            if (!readEntry(in.getByte(at), body, length)) {
                throw damaged("an entry comes twice", at);
            }
            at = body + length;
        }
        return new EventHeaders(id, correlation, causation, user);
    }

    /** Whether the entry is the first of its kind or name. */
    private boolean readEntry(int kind, int body, int length) {
        boolean first;
        switch (kind) {
            case EVENT_ID -> {
                first = id.isEmpty();
                id = Optional.of(readId(body, length));
            }
            case CORRELATION -> {
                first = correlation.isEmpty();
                correlation = Optional.of(readText(body, length));
            }
            case CAUSATION -> {
                first = causation.isEmpty();
                causation = Optional.of(readText(body, length));
            }
            case USER -> first = readUser(body, length);
            default ->
                    throw new IncompatibleStoreException(
                            "An event has an unknown kind of header: kind=" + kind,
                            "Open the store with a newer version of Varve.");
        }
        return first;
    }

    private UUID readId(int at, int length) {
        if (length != 2 * Long.BYTES) {
            throw damaged("an event id has 16 bytes, this one " + length, at);
        }
        return new UUID(
                Long.reverseBytes(in.getLong(at)), Long.reverseBytes(in.getLong(at + Long.BYTES)));
    }

    private boolean readUser(int at, int length) {
        int name = length == 0 ? 0 : in.getByte(at) & 0xff;
        if (name == 0 || name >= length) {
            throw damaged("the name of a user header does not fit its entry", at);
        }
        int value = at + 1 + name;
        return user.put(readText(at + 1, name), readText(value, length - 1 - name)) == null;
    }

    private String readText(int at, int length) {
        String text = in.getUtf8(at, length);
        // Decoding replaces what is malformed; where a replacement is found it may be real.
        if (text.indexOf('\uFFFD') >= 0) {
            byte[] bytes = new byte[length];
            in.copyTo(at, bytes, 0, length);
            if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
                throw damaged("text is not UTF-8", at);
            }
        }
        return text;
    }

    private StoreCorruptedException damaged(String what, int at) {
        return new StoreCorruptedException(
                "the headers of an event, " + what + ": offset=" + at + " length=" + in.length(),
                "Verify the store, and restore it from a backup if it is damaged.");
    }
}
