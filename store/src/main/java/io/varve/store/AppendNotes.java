package io.varve.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keys and marks of appends that the index has not: what a merge adds beside the tails of streams.
 * Filled under the append lock.
 */
final class AppendNotes {
    private final List<AppendKey> keys = new ArrayList<>();
    private final Map<String, AppendMark> marks = new LinkedHashMap<>();

    void add(AppendKey key) {
        keys.add(key);
    }

    /** Replaces an earlier mark of the same producer. */
    void add(AppendMark mark) {
        marks.put(mark.mark().producer(), mark);
    }

    /** Adds what came later. */
    void addAll(AppendNotes later) {
        keys.addAll(later.keys);
        marks.putAll(later.marks);
    }

    List<AppendKey> keys() {
        return keys;
    }

    Iterable<AppendMark> marks() {
        return marks.values();
    }

    void clear() {
        keys.clear();
        marks.clear();
    }
}
