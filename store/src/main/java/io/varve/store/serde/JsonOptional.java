package io.varve.store.serde;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Optional;

/**
 * An {@code Optional} as its value, or null where it is empty; one that is missing is empty, too.
 */
final class JsonOptional {
    private JsonOptional() {}

    static final class Writer extends StdSerializer<Optional<?>> {
        private static final long serialVersionUID = 1L;

        Writer() {
            super(Optional.class, false);
        }

        @Override
        public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            if (value.isEmpty()) {
                out.writeNull();
                return;
            }
            Object content = value.get();
            // With its type's name, if its class has one, because the declared type may be
            // abstract.
            provider.findTypedValueSerializer(content.getClass(), true, null)
                    .serialize(content, out, provider);
        }

        @Override
        public boolean isEmpty(SerializerProvider provider, Optional<?> value) {
            return value.isEmpty();
        }
    }

    static final class Reader extends StdDeserializer<Optional<?>>
            implements ContextualDeserializer {
        private static final long serialVersionUID = 1L;

        private final transient JsonDeserializer<?> content;
        private final transient Optional<TypeDeserializer> contentType;

        /** Knows no content yet; Jackson asks {@link #createContextual} for one that does. */
        Reader() {
            this(null, Optional.empty());
        }

        private Reader(JsonDeserializer<?> content, Optional<TypeDeserializer> contentType) {
            super(Optional.class);
            this.content = content;
            this.contentType = contentType;
        }

        @Override
        public JsonDeserializer<?> createContextual(
                DeserializationContext context, BeanProperty property) throws JsonMappingException {
            JavaType type = context.getContextualType().containedTypeOrUnknown(0);
            TypeDeserializer named = context.getConfig().findTypeDeserializer(type);
            return new Reader(
                    context.findContextualValueDeserializer(type, property),
                    Optional.ofNullable(named).map(found -> found.forProperty(property)));
        }

        @Override
        public Optional<?> deserialize(JsonParser in, DeserializationContext context)
                throws IOException {
            return Optional.ofNullable(
                    contentType.isPresent()
                            ? content.deserializeWithType(in, context, contentType.get())
                            : content.deserialize(in, context));
        }

        @Override
        public Optional<?> getNullValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getAbsentValue(DeserializationContext context) {
            return Optional.empty();
        }

        @Override
        public Object getEmptyValue(DeserializationContext context) {
            return Optional.empty();
        }
    }
}
