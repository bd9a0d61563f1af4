package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Values of a sealed interface: the number of the record's name, then its fields. */
final class NamedCodec extends Codec {
    private final Class<?> base;
    private final Map<Class<?>, Named> byClass = new HashMap<>();
    private final Map<Integer, Named> byNumber = new HashMap<>();
    private final Map<String, Class<?>> known = new TreeMap<>();

    private record Named(String name, int number, RecordCodec codec) {}

    NamedCodec(Class<?> base) {
        this.base = base;
    }

    /** Only while the codecs are put together. */
    void add(String name, RecordCodec codec) {
        Named named = new Named(name, WireType.number(name), codec);
        Named other = byNumber.putIfAbsent(named.number(), named);
        if (other != null) {
            throw new IllegalArgumentException(
                    "Two names have the same number, by chance; choose another for the newer: type="
                            + name
                            + " other="
                            + other.name());
        }
        byClass.put(codec.type(), named);
        known.put(name, codec.type());
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        Named named = byClass.get(value.getClass());
        if (named == null) {
            throw new Unfit(
                    "this class has no name, class=" + value.getClass().getName(),
                    "Give it one with type(name, class).");
        }
        WireType.put(prefix, WireType.NAMED, out);
        WireType.putNumber(named.number(), out);
        named.codec().writeFields(value, out, depth);
    }

    @Override
    Object read(int type, RecordReader in) {
        in.expect(WireType.NAMED, type);
        int number = in.number();
        Named named = byNumber.get(number);
        if (named == null) {
            throw new Unfit(
                    "no type has this number, base="
                            + base.getName()
                            + " number="
                            + Integer.toHexString(number)
                            + " known="
                            + known.keySet(),
                    "Names that were written must stay; add the missing one with type(name, class).");
        }
        return named.codec().readFields(in);
    }
}
