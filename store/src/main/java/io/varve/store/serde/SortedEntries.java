package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The entries of a set or map on their way to bytes: written aside, then sorted by the bytes of
 * their keys, since equal sets and maps may iterate in different orders.
 */
final class SortedEntries {
    private final BytesWriter aside = new BytesWriter();
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(int start, int keyEnd, int end) {}

    void add(Codec keys, Object key, Codec values, Object value, int depth) {
        int start = aside.size();
        keys.writeNullable(WireType.ALONE, key, aside, depth);
        int keyEnd = aside.size();
        if (values != null) {
            values.writeNullable(WireType.ALONE, value, aside, depth);
        }
        entries.add(new Entry(start, keyEnd, aside.size()));
    }

    void write(int prefix, int type, BytesWriter out) {
        entries.sort(this::compare);
        for (int i = 1; i < entries.size(); i++) {
            if (compare(entries.get(i - 1), entries.get(i)) == 0) {
                throw new Unfit(
                        "two elements of a set, or keys of a map, have the same bytes",
                        "Use a set or map that goes by equals, and elements that have one.");
            }
        }
        WireType.put(prefix, type, out);
        WireType.putLength(entries.size(), out);
        for (Entry entry : entries) {
            out.putBytes(aside.array(), entry.start(), entry.end() - entry.start());
        }
    }

    private int compare(Entry left, Entry right) {
        byte[] bytes = aside.array();
        return Arrays.compareUnsigned(
                bytes, left.start(), left.keyEnd(), bytes, right.start(), right.keyEnd());
    }
}
