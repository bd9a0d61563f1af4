package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Headers as bytes, the same for equal headers:
 *
 * <pre>
 *   texts:4 of each, a name and a value: 4+n 4+n, by name. Those of users have a dot before their
 *           names; others are "id", "correlation" and "causation"
 * </pre>
 */
final class HeaderTexts {
    private static final String ID = "id";
    private static final String CORRELATION = "correlation";
    private static final String CAUSATION = "causation";

    private HeaderTexts() {}

    static void write(EventHeaders headers, BytesWriter out) {
        Map<String, String> texts = texts(headers);
        out.putInt(texts.size());
        texts.forEach(
                (name, value) -> {
                    text(name, out);
                    text(value, out);
                });
    }

    /** In the order of their names, since the bytes are to be the same whenever it is computed. */
    private static Map<String, String> texts(EventHeaders headers) {
        if (headers.isEmpty()) {
            return Map.of();
        }
        Map<String, String> texts = new TreeMap<>();
        headers.user().forEach((name, value) -> texts.put('.' + name, value));
        headers.eventId().ifPresent(id -> texts.put(ID, id.toString()));
        headers.correlation().ifPresent(value -> texts.put(CORRELATION, value));
        headers.causation().ifPresent(value -> texts.put(CAUSATION, value));
        return texts;
    }

    static void text(String text, BytesWriter out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).putBytes(bytes);
    }

    /** Reads texts with their lengths, one after the other. */
    static final class Reader {
        private final BytesView bytes;
        private int at;

        Reader(BytesView bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        /** Behind what was read. */
        int at() {
            return at;
        }

        String next() {
            int length = bytes.getInt(at);
            String text = bytes.getUtf8(at + Integer.BYTES, length);
            at += Integer.BYTES + length;
            return text;
        }

        EventHeaders headers() {
            int count = bytes.getInt(at);
            at += Integer.BYTES;
            if (count == 0) {
                return EventHeaders.NONE;
            }
            Map<String, String> all = new HashMap<>();
            for (int i = 0; i < count; i++) {
                String name = next();
                all.put(name, next());
            }
            Optional<UUID> id = Optional.ofNullable(all.remove(ID)).map(UUID::fromString);
            Optional<String> correlation = Optional.ofNullable(all.remove(CORRELATION));
            Optional<String> causation = Optional.ofNullable(all.remove(CAUSATION));
            Map<String, String> user = new HashMap<>();
            all.forEach((name, value) -> user.put(name.substring(1), value));
            return new EventHeaders(id, correlation, causation, user);
        }
    }
}
