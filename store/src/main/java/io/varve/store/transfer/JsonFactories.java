package io.varve.store.transfer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.varve.store.errors.LibraryMissingException;

/** Jackson, set up so that no input costs more than its own size. */
final class JsonFactories {
    /** Levels of a payload that stands in a line. */
    static final int MAX_DEPTH = 500;

    /** Reads and writes lines. */
    static final JsonFactory LINES =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(constraints(MAX_DEPTH + 1))
                    .build();

    /** Reads payloads, to see whether they can stand in a line. */
    static final JsonFactory PAYLOADS =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(constraints(MAX_DEPTH))
                    .build();

    private JsonFactories() {}

    /** An item is bounded as a whole, so the length of a string in it needs no bound of its own. */
    private static StreamReadConstraints constraints(int depth) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNumberLength(1_000)
                .maxNameLength(10_000)
                .maxStringLength(Integer.MAX_VALUE)
                .build();
    }

    static JsonFactory of(TransferFormat format) {
        return format == TransferFormat.CBOR ? cbor() : LINES;
    }

    private static JsonFactory cbor() {
        try {
            return Cbor.MAPS;
        } catch (NoClassDefFoundError e) {
            throw new LibraryMissingException(
                    "CBOR", "com.fasterxml.jackson.dataformat:jackson-dataformat-cbor", e);
        }
    }

    /** Loaded only when it is used, for the library may be missing. */
    private static final class Cbor {
        private static final JsonFactory MAPS =
                CBORFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .streamReadConstraints(constraints(16))
                        .build();
    }
}
