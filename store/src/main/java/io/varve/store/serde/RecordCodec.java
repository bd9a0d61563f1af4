package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Values of one record class: its fields, each under its tag, in the order of the components. */
final class RecordCodec extends Codec {
    private final Class<?> type;
    private int count;
    private Frame defaults;
    private MethodHandle writer;
    private MethodHandle reader;

    /** Tags of components and of their old names, ascending, and whose they are. */
    private int[] tags;

    private Field[] owners;

    RecordCodec(Class<?> type) {
        this.type = type;
    }

    Class<?> type() {
        return type;
    }

    /**
     * Ends the making, once: a record that contains itself is referred to before its fields are
     * known.
     */
    void complete(RecordFields fields, Frame absent) {
        count = fields.fields().size();
        defaults = absent;
        writer = fields.writer();
        reader = fields.reader(this);
        Map<Integer, Field> sorted = new TreeMap<>(fields.ownerByTag());
        tags = sorted.keySet().stream().mapToInt(Integer::intValue).toArray();
        owners = sorted.values().toArray(new Field[0]);
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        WireType.put(prefix, WireType.RECORD, out);
        writeFields(value, out, depth);
    }

    void writeFields(Object value, BytesWriter out, int depth) {
        if (depth == 0) {
            throw RecordReader.tooDeep();
        }
        WireType.putLength(count, out);
        try {
            writer.invokeExact(value, out, depth - 1);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    Object read(int wireType, RecordReader in) {
        in.expect(WireType.RECORD, wireType);
        return readFields(in);
    }

    Object readFields(RecordReader in) {
        in.down();
        Frame frame = defaults.copy();
        frame.left = in.length();
        try {
            Object value = (Object) reader.invokeExact(in, frame);
            in.up();
            return value;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the fields that did not come in the order of the components, once they have. */
    void readRest(RecordReader in, Frame frame) {
        for (; frame.left > 0; frame.left--) {
            int number = in.number();
            int type = number & WireType.MASK;
            int owner = Arrays.binarySearch(tags, number & ~WireType.MASK);
            if (owner < 0) {
                in.skip(type);
            } else {
                owners[owner].read(type, in, frame);
            }
        }
    }

    @Override
    public String toString() {
        return "class=" + type.getName();
    }
}
