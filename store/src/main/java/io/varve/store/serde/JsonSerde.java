package io.varve.store.serde;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A value as JSON or CBOR: the door to Jackson, whose exceptions end here. */
final class JsonSerde<T> implements Serde<T> {
    private final Class<T> type;
    private final JsonForm form;
    private final String description;
    private final ObjectWriter writer;
    private final ObjectReader reader;

    /**
     * Makes one.
     *
     * @param named classes of values, by the names they are written under
     */
    JsonSerde(Class<T> type, Map<String, Class<?>> named, JsonForm form, JsonMapper mapper) {
        this.type = Objects.requireNonNull(type, "type");
        this.form = form;
        this.description = form.name().toLowerCase(Locale.ROOT) + " " + TypeShape.of(type, named);
        this.writer = mapper.writerFor(type);
        this.reader = mapper.readerFor(type);
        try {
            // Makes Jackson look at the class, and all that is reachable from it, now.
            reader.readValue(mapper.writeValueAsBytes(null));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "This class cannot be read from "
                            + form
                            + ": class="
                            + type.getName()
                            + " cause="
                            + oneLine(e)
                            + ". Use records and concrete classes; for a sealed base use"
                            + " Serdes.jsonTypes or cborTypes, inside other classes @JsonTypeInfo with names.",
                    e);
        }
    }

    @Override
    public void serialize(T value, BytesWriter out) {
        Objects.requireNonNull(value, "value");
        int start = out.size();
        try {
            writer.writeValue(new Target(out, start), value);
        } catch (IOException | RuntimeException e) {
            out.truncate(start);
            throw new SerdeException(
                    "A value has no form in "
                            + form
                            + ": class="
                            + value.getClass().getName()
                            + " cause="
                            + oneLine(e),
                    "Make it smaller or flatter if a limit is named; otherwise give the class what"
                            + " Jackson misses, or another serde.",
                    e);
        }
    }

    @Override
    public T deserialize(BytesView in) {
        T value;
        if (in.length() > JsonMapping.MAX_BYTES) { // not every form knows the limit
            throw unreadable(in, "more than " + JsonMapping.MAX_BYTES + " bytes", null);
        }
        try {
            value = reader.readValue(in.toByteArray());
        } catch (IOException | RuntimeException e) {
            throw unreadable(in, oneLine(e), e);
        }
        if (value == null) {
            throw unreadable(in, "the value is null", null);
        }
        return value;
    }

    @Override
    public String describe() {
        return description;
    }

    private SerdeException unreadable(BytesView in, String cause, Exception e) {
        return new SerdeException(
                "Bytes are not the "
                        + form
                        + " of this class: class="
                        + type.getName()
                        + " length="
                        + in.length()
                        + " cause="
                        + cause,
                "Keep the class able to read what was written: add properties rather than change"
                        + " them.",
                e);
    }

    private static String oneLine(Exception e) {
        String message =
                e instanceof JacksonException jackson
                        ? jackson.getOriginalMessage()
                        : e.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    /** Writes to the writer, up to the largest value that can be read back. */
    private static final class Target extends OutputStream {
        private final BytesWriter out;
        private final int start;

        Target(BytesWriter out, int start) {
            this.out = out;
            this.start = start;
        }

        @Override
        public void write(int value) throws IOException {
            check(1);
            out.putByte(value);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            check(length);
            out.putBytes(source, offset, length);
        }

        private void check(int more) throws IOException {
            if (more > JsonMapping.MAX_BYTES - (out.size() - start)) {
                throw new IOException("more than " + JsonMapping.MAX_BYTES + " bytes");
            }
        }
    }
}
