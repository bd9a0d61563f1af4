package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** Sets, sorted by the bytes of their elements; what is read cannot be modified. */
final class SetCodec extends Codec {
    private final Codec element;

    SetCodec(Codec element) {
        this.element = element;
    }

    @Override
    Object absent() {
        return Set.of();
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        SortedEntries entries = new SortedEntries();
        for (Object one : (Set<?>) value) {
            entries.add(element, one, null, null, depth);
        }
        entries.write(prefix, WireType.SET, out);
    }

    @Override
    Object read(int type, RecordReader in) {
        in.expect(WireType.SET, type);
        Set<Object> set = new LinkedHashSet<>();
        for (int i = in.length(); i > 0; i--) {
            if (!set.add(element.readNullable(in.type(), in))) {
                throw new Unfit("a set has an element twice", Unfit.KEEP);
            }
        }
        return Collections.unmodifiableSet(set);
    }
}
