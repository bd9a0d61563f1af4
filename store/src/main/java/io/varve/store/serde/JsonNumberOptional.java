package io.varve.store.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * An {@code OptionalInt}, {@code OptionalLong} or {@code OptionalDouble} as its number, or null.
 */
final class JsonNumberOptional {
    private JsonNumberOptional() {}

    static void addTo(SimpleModule module) {
        add(
                module,
                OptionalInt.class,
                Integer.class,
                OptionalInt.empty(),
                OptionalInt::of,
                value -> value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty());
        add(
                module,
                OptionalLong.class,
                Long.class,
                OptionalLong.empty(),
                OptionalLong::of,
                value -> value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty());
        add(
                module,
                OptionalDouble.class,
                Double.class,
                OptionalDouble.empty(),
                OptionalDouble::of,
                value -> value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty());
    }

    private static <T, N extends Number> void add(
            SimpleModule module,
            Class<T> type,
            Class<N> number,
            T empty,
            Function<N, T> wrap,
            Function<T, Optional<N>> unwrap) {
        module.addSerializer(type, new Writer<>(type, unwrap));
        module.addDeserializer(type, new Reader<>(number, empty, wrap));
    }

    private static final class Writer<T, N extends Number> extends StdSerializer<T> {
        private static final long serialVersionUID = 1L;

        private final transient Function<T, Optional<N>> unwrap;

        Writer(Class<T> type, Function<T, Optional<N>> unwrap) {
            super(type);
            this.unwrap = unwrap;
        }

        @Override
        public void serialize(T value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            provider.defaultSerializeValue(unwrap.apply(value).orElse(null), out);
        }
    }

    private static final class Reader<T, N extends Number> extends StdDeserializer<T> {
        private static final long serialVersionUID = 1L;

        private final Class<N> number;
        private final transient T empty;
        private final transient Function<N, T> wrap;

        Reader(Class<N> number, T empty, Function<N, T> wrap) {
            super(empty.getClass());
            this.number = number;
            this.empty = empty;
            this.wrap = wrap;
        }

        @Override
        public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return wrap.apply(context.readValue(in, number));
        }

        @Override
        public T getNullValue(DeserializationContext context) {
            return empty;
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return empty;
        }
    }
}
