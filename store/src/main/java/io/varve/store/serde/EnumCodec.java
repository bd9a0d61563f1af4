package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.HashMap;
import java.util.Map;

/** Constants of an enum as the text of their names, so that they may be reordered and added to. */
final class EnumCodec extends Codec {
    private final Class<?> type;
    private final Map<String, Object> byName = new HashMap<>();

    EnumCodec(Class<?> type) {
        this.type = type;
        for (Object constant : type.getEnumConstants()) {
            byName.put(((Enum<?>) constant).name(), constant);
        }
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        WireType.put(prefix, WireType.TEXT, out);
        WireType.putText(((Enum<?>) value).name(), out);
    }

    @Override
    Object read(int wireType, RecordReader in) {
        in.expect(WireType.TEXT, wireType);
        String name = in.text();
        Object constant = byName.get(name);
        if (constant == null) {
            throw new Unfit(
                    "no such constant, enum=" + type.getName() + " constant=" + name,
                    "Constants that were written must stay, by their names.");
        }
        return constant;
    }
}
