package io.varve.store.serde;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.varve.store.errors.LibraryMissingException;

/** How the values of JSON become bytes: as its text, or in the binary form of RFC 8949. */
enum JsonForm {
    /** Text. */
    JSON {
        @Override
        JsonMapper shared() {
            return JsonMapping.SHARED;
        }

        @Override
        JsonMapper mapper(AnnotationIntrospector introspector) {
            return JsonMapping.mapper(JsonMapping.factory(), introspector);
        }
    },

    /** Binary; its library may be missing. */
    CBOR {
        @Override
        JsonMapper shared() {
            try {
                return Cbor.SHARED;
            } catch (NoClassDefFoundError e) {
                throw missing(e);
            }
        }

        @Override
        JsonMapper mapper(AnnotationIntrospector introspector) {
            try {
                return JsonMapping.mapper(Cbor.factory(), introspector);
            } catch (NoClassDefFoundError e) {
                throw missing(e);
            }
        }
    };

    /** For all classes that need no type names. */
    abstract JsonMapper shared();

    /** For classes with names. */
    abstract JsonMapper mapper(AnnotationIntrospector introspector);

    private static LibraryMissingException missing(NoClassDefFoundError e) {
        return new LibraryMissingException(
                "Serdes.cbor", "com.fasterxml.jackson.dataformat:jackson-dataformat-cbor", e);
    }

    /** Loaded only when it is used. */
    private static final class Cbor {
        private static final JsonMapper SHARED =
                JsonMapping.mapper(factory(), new JsonIntrospector());

        private static JsonFactory factory() {
            return JsonMapping.limited(CBORFactory.builder()).build();
        }
    }
}
