package io.varve.store.serde;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What a record was before: filled by the builder, read while the codecs are made. */
final class RecordEvolution {
    /** Old name to component. */
    final Map<String, String> aliases = new LinkedHashMap<>();

    final Set<String> removed = new LinkedHashSet<>();
    final Map<String, Object> defaults = new HashMap<>();
}
