package io.varve.store.serde;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AccessorNamingStrategy;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.DefaultAccessorNamingStrategy;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** How Jackson is set up, once for all: see {@link Serdes#json} for what that means to a user. */
final class JsonMapping {
    /** The longest JSON of a value, in bytes; also the longest text that is read back. */
    static final int MAX_BYTES = 20_000_000;

    static final int MAX_DEPTH = 100;
    static final int MAX_NUMBER_LENGTH = 1_000;

    /** The longest name of a property, or key of a map, in chars. */
    static final int MAX_NAME_LENGTH = 50_000;

    /**
     * For all classes that need no type names. Thread-safe, as all mappers are once they are built.
     */
    static final JsonMapper SHARED = mapper(factory(), new JsonIntrospector());

    private JsonMapping() {}

    static JsonMapper mapper(JsonFactory factory, AnnotationIntrospector introspector) {
        return JsonMapper.builder(factory)
                .annotationIntrospector(introspector)
                .accessorNaming(new RecordsByComponents())
                .addModule(JsonModule.create())
                // The class of today reads the events of yesterday, and a process of yesterday
                // those of today.
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                // A wrong type is an error to see, not a value to guess.
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                // No class is ever chosen by a name that stands in the bytes, see JsonIntrospector.
                .deactivateDefaultTyping()
                .polymorphicTypeValidator(new NoClassNames())
                .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
                // The same value, the same bytes: a rebuilt read model is compared with the old
                // one.
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(MapperFeature.SORT_CREATOR_PROPERTIES_BY_DECLARATION_ORDER)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(SerializationFeature.CLOSE_CLOSEABLE)
                .build();
    }

    static JsonFactory factory() {
        return limited(new JsonFactoryBuilder()).build();
    }

    /** Reads and writes no more than may be. */
    static <F extends JsonFactory, B extends TSFBuilder<F, B>> B limited(B builder) {
        return builder.streamReadConstraints(
                        StreamReadConstraints.builder()
                                .maxNestingDepth(MAX_DEPTH)
                                .maxStringLength(MAX_BYTES)
                                .maxNumberLength(MAX_NUMBER_LENGTH)
                                .maxNameLength(MAX_NAME_LENGTH)
                                .maxDocumentLength(MAX_BYTES)
                                .build())
                // Of two properties with one name Jackson would take the last, silently.
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // What cannot be read must not be written.
                .streamWriteConstraints(
                        StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
    }

    /** Lets no name of a class choose a class. */
    private static final class NoClassNames extends PolymorphicTypeValidator.Base {
        private static final long serialVersionUID = 1L;

        @Override
        public Validity validateBaseType(MapperConfig<?> config, JavaType baseType) {
            return Validity.DENIED;
        }
    }

    /**
     * Jackson would write a record's {@code isOpen()} and {@code getTotal()}, which are derived,
     * too.
     */
    private static final class RecordsByComponents extends DefaultAccessorNamingStrategy.Provider {
        private static final long serialVersionUID = 1L;

        @Override
        public AccessorNamingStrategy forRecord(MapperConfig<?> config, AnnotatedClass type) {
            Set<String> components =
                    Arrays.stream(type.getRawType().getRecordComponents())
                            .map(component -> component.getName())
                            .collect(Collectors.toUnmodifiableSet());
            return new DefaultAccessorNamingStrategy.RecordNaming(config, type) {
                @Override
                public String findNameForRegularGetter(AnnotatedMethod method, String name) {
                    return components.contains(name) ? name : null;
                }

                @Override
                public String findNameForIsGetter(AnnotatedMethod method, String name) {
                    return null;
                }
            };
        }
    }
}
