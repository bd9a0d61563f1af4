package io.varve.store.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.varve.store.EventHeaders;
import io.varve.store.RecordedEvent;
import io.varve.store.StreamId;
import io.varve.store.errors.IncompatibleStoreException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Turns the bytes of one item into what it says. Whatever is wrong is an {@link
 * IllegalArgumentException}, an {@link IOException} of Jackson, or an error of the store's own. One
 * thread at a time.
 */
final class ItemReader {
    private final TransferFormat format;
    private final JsonFactory factory;
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private Map<String, String> user = Map.of();
    private Optional<StreamId> stream = Optional.empty();
    private Optional<byte[]> payload = Optional.empty();

    ItemReader(TransferFormat format) {
        this.format = format;
        this.factory = JsonFactories.of(format);
    }

    Item read(byte[] bytes) throws IOException {
        forget();
        try (JsonParser in = factory.createParser(bytes)) {
            expect(in.nextToken(), JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                field(name, in.nextToken(), in, bytes);
            }
            expect(in.currentToken(), JsonToken.END_OBJECT);
            if (in.nextToken() != null) {
                throw new IllegalArgumentException("something follows the object");
            }
        }
        return item();
    }

    private void forget() {
        numbers.clear();
        texts.clear();
        user = Map.of();
        stream = Optional.empty();
        payload = Optional.empty();
    }

    private static void expect(JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found);
        }
    }

    private void field(String name, JsonToken token, JsonParser in, byte[] bytes)
            throws IOException {
        switch (name) {
            case "position",
                    "version",
                    "eventTime",
                    "commitTime",
                    "format",
                    "incarnation",
                    "head",
                    "events" -> {
                expect(token, JsonToken.VALUE_NUMBER_INT);
                numbers.put(name, in.getLongValue());
            }
            case "type",
                    "eventId",
                    "correlation",
                    "causation",
                    "varve",
                    "store",
                    "chain",
                    "sha256" -> {
                expect(token, JsonToken.VALUE_STRING);
                texts.put(name, in.getText());
            }
            case "stream" -> {
                Map<String, String> parts = readTexts(token, in);
                if (!parts.keySet().equals(Set.of("category", "key"))) {
                    throw new IllegalArgumentException("a stream has category and key: " + parts);
                }
                stream = Optional.of(new StreamId(parts.get("category"), parts.get("key")));
            }
            case "headers" -> user = readTexts(token, in);
            case "payload" -> payload = Optional.of(readPayload(token, in, bytes));
            case "base64" -> {
                expect(token, JsonToken.VALUE_STRING);
                if (format == TransferFormat.CBOR || payload.isPresent()) {
                    throw new IllegalArgumentException("base64 has no place here");
                }
                payload = Optional.of(in.getBinaryValue());
            }
            default -> throw new IllegalArgumentException("an unknown field: " + name);
        }
    }

    private static Map<String, String> readTexts(JsonToken token, JsonParser in)
            throws IOException {
        expect(token, JsonToken.START_OBJECT);
        Map<String, String> texts = new HashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            expect(in.nextToken(), JsonToken.VALUE_STRING);
            texts.put(name, in.getText());
        }
        expect(in.currentToken(), JsonToken.END_OBJECT);
        return texts;
    }

    /** The bytes of the value as they stand. */
    private byte[] readPayload(JsonToken token, JsonParser in, byte[] bytes) throws IOException {
        if (payload.isPresent()) {
            throw new IllegalArgumentException("a payload comes twice");
        }
        if (format == TransferFormat.CBOR) {
            expect(token, JsonToken.VALUE_EMBEDDED_OBJECT);
            return in.getBinaryValue();
        }
        long from = in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        in.finishToken();
        long to = in.currentLocation().getByteOffset();
        return Arrays.copyOfRange(bytes, Math.toIntExact(from), Math.toIntExact(to));
    }

    private Item item() {
        String kind = texts.remove("varve");
        if (kind == null) {
            return new Item.Event(event());
        }
        Item item =
                switch (kind) {
                    case "events" -> header();
                    case "end" -> new Item.Trailer(number("events"), text("sha256"));
                    default -> throw new IllegalArgumentException("unknown: varve=" + kind);
                };
        checkNothingElse();
        return item;
    }

    private Item.Header header() {
        long found = number("format");
        if (found > Item.FORMAT) {
            throw new IncompatibleStoreException(
                    "written by a newer version: format=" + found,
                    "Import it with a newer version of Varve.");
        }
        if (found != Item.FORMAT) {
            throw new IllegalArgumentException("there is no such format: format=" + found);
        }
        return new Item.Header(
                uuid(text("store")),
                number("incarnation"),
                number("head"),
                HexFormat.fromHexDigitsToLong(text("chain")));
    }

    private RecordedEvent event() {
        RecordedEvent event =
                new RecordedEvent(
                        number("position"),
                        stream.orElseThrow(() -> missing("stream")),
                        number("version"),
                        text("type"),
                        number("eventTime"),
                        number("commitTime"),
                        new EventHeaders(
                                Optional.ofNullable(texts.remove("eventId")).map(ItemReader::uuid),
                                Optional.ofNullable(texts.remove("correlation")),
                                Optional.ofNullable(texts.remove("causation")),
                                user),
                        payload.orElseThrow(() -> missing("payload")));
        if (event.position() < 0 || event.version() < 0) {
            throw new IllegalArgumentException("positions and versions begin at 0");
        }
        stream = Optional.empty();
        payload = Optional.empty();
        user = Map.of();
        checkNothingElse();
        return event;
    }

    /** Java also takes shorter texts, which would not come out again as they are. */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equals(text)) {
            throw new IllegalArgumentException("no UUID of 36 characters in lower case: " + text);
        }
        return uuid;
    }

    private void checkNothingElse() {
        Set<String> left = new HashSet<>(numbers.keySet());
        left.addAll(texts.keySet());
        if (!left.isEmpty() || stream.isPresent() || payload.isPresent() || !user.isEmpty()) {
            throw new IllegalArgumentException("fields that have no place here: " + left);
        }
    }

    private long number(String name) {
        Long number = numbers.remove(name);
        if (number == null) {
            throw missing(name);
        }
        return number;
    }

    private String text(String name) {
        String text = texts.remove(name);
        if (text == null) {
            throw missing(name);
        }
        return text;
    }

    private static IllegalArgumentException missing(String name) {
        return new IllegalArgumentException("a field is missing: " + name);
    }
}
