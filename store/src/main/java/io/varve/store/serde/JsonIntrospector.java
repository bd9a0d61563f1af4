package io.varve.store.serde;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads annotations as Jackson does, but takes no name of a class for the name of a type: neither
 * where {@code JsonTypeInfo} asks for it, nor where it is what is left because a subtype was given
 * no name. Such bytes could not be read any more once the class is renamed.
 */
class JsonIntrospector extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    private static final Set<JsonTypeInfo.Id> CLASS_NAMES =
            Set.of(
                    JsonTypeInfo.Id.CLASS,
                    JsonTypeInfo.Id.MINIMAL_CLASS,
                    JsonTypeInfo.Id.SIMPLE_NAME);

    JsonIntrospector() {}

    @Override
    protected TypeResolverBuilder<?> _constructStdTypeResolverBuilder(
            MapperConfig<?> config, JsonTypeInfo.Value settings, JavaType baseType) {
        if (CLASS_NAMES.contains(settings.getIdType())) {
            throw new IllegalArgumentException(
                    "The name of a class would be written, and could never be changed; use"
                            + " JsonTypeInfo.Id.NAME with a name for each subtype: type="
                            + baseType.getRawClass().getName());
        }
        return settings.getIdType() == JsonTypeInfo.Id.NAME
                ? new ByGivenNames(settings)
                : super._constructStdTypeResolverBuilder(config, settings, baseType);
    }

    private static final class ByGivenNames extends StdTypeResolverBuilder {
        ByGivenNames(JsonTypeInfo.Value settings) {
            super(settings);
        }

        @Override
        protected TypeIdResolver idResolver(
                MapperConfig<?> config,
                JavaType baseType,
                PolymorphicTypeValidator validator,
                Collection<NamedType> subtypes,
                boolean forWriting,
                boolean forReading) {
            for (NamedType subtype : subtypes) {
                if (!subtype.hasName() && TypeNames.isConcrete(subtype.getType())) {
                    throw unnamed(subtype.getType());
                }
            }
            return new GivenNames(
                    super.idResolver(config, baseType, validator, subtypes, forWriting, forReading),
                    subtypes.stream()
                            .filter(NamedType::hasName)
                            .map(NamedType::getName)
                            .collect(Collectors.toUnmodifiableSet()));
        }
    }

    private static IllegalArgumentException unnamed(Class<?> type) {
        return new IllegalArgumentException(
                "A subtype without a name; give it one with JsonSubTypes or JsonTypeName: type="
                        + type.getName());
    }

    /**
     * Refuses a class that nobody named when it is written: then Jackson takes that of the class.
     */
    private static final class GivenNames extends TypeIdResolverBase {
        private final TypeIdResolver all;
        private final Set<String> given;

        GivenNames(TypeIdResolver all, Set<String> given) {
            this.all = all;
            this.given = given;
        }

        @Override
        public String idFromValue(Object value) {
            return checked(all.idFromValue(value), value.getClass());
        }

        @Override
        public String idFromValueAndType(Object value, Class<?> type) {
            return checked(all.idFromValueAndType(value, type), type);
        }

        private String checked(String name, Class<?> type) {
            if (!given.contains(name)) {
                throw unnamed(type);
            }
            return name;
        }

        @Override
        public JavaType typeFromId(DatabindContext context, String id) throws IOException {
            return all.typeFromId(context, id);
        }

        @Override
        public String getDescForKnownTypeIds() {
            return all.getDescForKnownTypeIds();
        }

        @Override
        public JsonTypeInfo.Id getMechanism() {
            return all.getMechanism();
        }
    }
}
