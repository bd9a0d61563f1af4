package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** Lists in their order; what is read cannot be modified. */
final class ListCodec extends Codec {
    /** Room before the first element was read: the declared count is not believed beyond. */
    static final int MAX_INITIAL_CAPACITY = 64;

    private final Codec element;

    ListCodec(Codec element) {
        this.element = element;
    }

    @Override
    Object absent() {
        return List.of();
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        // An array, so that the count is true even if the list changes meanwhile.
        Object[] elements = ((Collection<?>) value).toArray();
        WireType.put(prefix, WireType.LIST, out);
        WireType.putLength(elements.length, out);
        for (Object one : elements) {
            element.writeNullable(WireType.ALONE, one, out, depth);
        }
    }

    @Override
    Object read(int type, RecordReader in) {
        in.expect(WireType.LIST, type);
        int count = in.length();
        List<Object> list = new ArrayList<>(Math.min(count, MAX_INITIAL_CAPACITY));
        for (int i = 0; i < count; i++) {
            list.add(element.readNullable(in.type(), in));
        }
        return Collections.unmodifiableList(list);
    }
}
