package io.varve.store.serde;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;

/**
 * Refuses classes whose values Jackson could write but never read back: abstract ones without names
 * of types, and those without a constructor to use. By itself Jackson tells at the first read, when
 * the log is full of them; with this, when the serde is made.
 */
final class JsonReadability extends BeanDeserializerModifier {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription type, JsonDeserializer<?> deserializer) {
        if (deserializer instanceof AbstractDeserializer && !isNamed(config, type)) {
            throw new IllegalArgumentException(
                    "JSON does not tell which class a value of an abstract type has: type="
                            + type.getBeanClass().getName());
        }
        if (deserializer instanceof BeanDeserializerBase bean
                && !readsObjects(bean.getValueInstantiator())
                && !isScalar(config, type)) {
            throw new IllegalArgumentException(
                    "No constructor that Jackson can use: type=" + type.getBeanClass().getName());
        }
        return deserializer;
    }

    private static boolean isNamed(DeserializationConfig config, BeanDescription type) {
        return config.getAnnotationIntrospector()
                        .findTypeResolver(config, type.getClassInfo(), type.getType())
                != null;
    }

    private static boolean readsObjects(ValueInstantiator creators) {
        return creators.canCreateUsingDefault()
                || creators.canCreateFromObjectWith()
                || creators.canCreateUsingDelegate()
                || creators.canCreateUsingArrayDelegate();
    }

    /** A class that says how it is written may have a constructor that takes just that. */
    private static boolean isScalar(DeserializationConfig config, BeanDescription type) {
        return type.findJsonValueAccessor() != null
                || config.getAnnotationIntrospector().findSerializer(type.getClassInfo()) != null;
    }
}
