package io.varve.store.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.function.Function;

/**
 * What Jackson 2 leaves to further modules, which would be further dependencies: {@code java.time}
 * as ISO-8601 text, and the optionals.
 */
final class JsonModule {
    private JsonModule() {}

    static SimpleModule create() {
        SimpleModule module = new SimpleModule("varve");
        text(module, Instant.class, Instant::parse);
        text(module, LocalDate.class, LocalDate::parse);
        text(module, LocalTime.class, LocalTime::parse);
        text(module, LocalDateTime.class, LocalDateTime::parse);
        text(module, OffsetDateTime.class, OffsetDateTime::parse);
        text(module, ZonedDateTime.class, ZonedDateTime::parse);
        text(module, Duration.class, Duration::parse);
        text(module, Period.class, Period::parse);
        text(module, YearMonth.class, YearMonth::parse);
        text(module, Year.class, Year::parse);
        text(module, MonthDay.class, MonthDay::parse);
        text(module, OffsetTime.class, OffsetTime::parse);
        text(module, ZoneOffset.class, ZoneOffset::of);
        text(module, ZoneId.class, ZoneId::of);
        module.addKeySerializer(String.class, new NameWriter());
        module.addSerializer(new JsonOptional.Writer());
        module.addDeserializer(Optional.class, new JsonOptional.Reader());
        JsonNumberOptional.addTo(module);
        module.setDeserializerModifier(new JsonReadability());
        return module;
    }

    /** A class whose {@code toString} is its standard form. */
    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(type, ToStringSerializer.instance);
        module.addKeySerializer(type, new KeyWriter());
        module.addDeserializer(type, new TextReader<>(type, parse));
        module.addKeyDeserializer(type, new KeyReader<>(type, parse));
    }

    private static final class KeyWriter extends JsonSerializer<Object> {
        @Override
        public void serialize(Object value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeFieldName(value.toString());
        }
    }

    /** Jackson reads no longer names, so none are written. */
    private static final class NameWriter extends JsonSerializer<String> {
        @Override
        public void serialize(String name, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            if (name.length() > JsonMapping.MAX_NAME_LENGTH) {
                throw new IOException(
                        "a key of more than "
                                + JsonMapping.MAX_NAME_LENGTH
                                + " chars: length="
                                + name.length());
            }
            out.writeFieldName(name);
        }
    }

    private static final class TextReader<T> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final Class<T> type;
        private final transient Function<String, T> parse;

        TextReader(Class<T> type, Function<String, T> parse) {
            super(type);
            this.type = type;
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            if (!in.hasToken(JsonToken.VALUE_STRING)) {
                return type.cast(context.handleUnexpectedToken(type, in));
            }
            try {
                return parse.apply(in.getText());
            } catch (DateTimeException e) {
                return type.cast(
                        context.handleWeirdStringValue(type, in.getText(), e.getMessage()));
            }
        }
    }

    private static final class KeyReader<T> extends KeyDeserializer {
        private final Class<T> type;
        private final Function<String, T> parse;

        KeyReader(Class<T> type, Function<String, T> parse) {
            this.type = type;
            this.parse = parse;
        }

        @Override
        public Object deserializeKey(String key, DeserializationContext context)
                throws IOException {
            try {
                return parse.apply(key);
            } catch (DateTimeException e) {
                return context.handleWeirdKey(type, key, e.getMessage());
            }
        }
    }
}
