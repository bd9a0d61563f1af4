package io.varve.store.serde;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes values of a base as {@code {"name": value}}, wherever they stand: alone, in a list, inside
 * each other.
 *
 * <p>A wrapper rather than a property of the value: it cannot collide with one, it works for enums,
 * and it is read in one pass.
 */
final class JsonTypeNames extends JsonIntrospector {
    private static final long serialVersionUID = 1L;

    private final Class<?> base;
    private final transient Names names;

    JsonTypeNames(Class<?> base, Map<String, Class<?>> byName) {
        this.base = base;
        this.names = new Names(byName);
    }

    @Override
    public TypeResolverBuilder<?> findTypeResolver(
            MapperConfig<?> config, AnnotatedClass type, JavaType baseType) {
        if (!base.isAssignableFrom(type.getRawType())) {
            return super.findTypeResolver(config, type, baseType);
        }
        return new StdTypeResolverBuilder()
                .init(JsonTypeInfo.Id.CUSTOM, names)
                .inclusion(JsonTypeInfo.As.WRAPPER_OBJECT);
    }

    private static final class Names extends TypeIdResolverBase {
        private final Map<String, Class<?>> byName;
        private final Map<Class<?>, String> byClass = new HashMap<>();

        Names(Map<String, Class<?>> byName) {
            this.byName = Map.copyOf(byName);
            byName.forEach((name, type) -> byClass.put(type, name));
        }

        @Override
        public String idFromValue(Object value) {
            Class<?> type =
                    value instanceof Enum<?> constant
                            ? constant.getDeclaringClass()
                            : value.getClass();
            String name = byClass.get(type);
            if (name == null) {
                throw new IllegalArgumentException(
                        "a class without a name, give it one with type(name, class): class="
                                + type.getName());
            }
            return name;
        }

        @Override
        public String idFromValueAndType(Object value, Class<?> suggestedType) {
            return idFromValue(value);
        }

        @Override
        public JavaType typeFromId(DatabindContext context, String id) throws IOException {
            Class<?> type = byName.get(id);
            if (type == null) {
                throw new IOException(
                        "an unknown type, add it with type(name, class): type="
                                + id
                                + " known="
                                + byName.keySet());
            }
            return context.constructType(type);
        }

        @Override
        public JsonTypeInfo.Id getMechanism() {
            return JsonTypeInfo.Id.CUSTOM;
        }
    }
}
