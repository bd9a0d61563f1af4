package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps, sorted by the bytes of their keys; what is read cannot be modified. */
final class MapCodec extends Codec {
    private final Codec key;
    private final Codec value;

    MapCodec(Codec key, Codec value) {
        this.key = key;
        this.value = value;
    }

    @Override
    Object absent() {
        return Map.of();
    }

    @Override
    void write(int prefix, Object map, BytesWriter out, int depth) {
        SortedEntries entries = new SortedEntries();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
            entries.add(key, entry.getKey(), value, entry.getValue(), depth);
        }
        entries.write(prefix, WireType.MAP, out);
    }

    @Override
    Object read(int type, RecordReader in) {
        in.expect(WireType.MAP, type);
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = in.length(); i > 0; i--) {
            Object one = key.readNullable(in.type(), in);
            if (map.containsKey(one)) {
                throw new Unfit("a map has a key twice", Unfit.KEEP);
            }
            map.put(one, value.readNullable(in.type(), in));
        }
        return Collections.unmodifiableMap(map);
    }
}
