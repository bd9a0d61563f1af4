package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.charset.StandardCharsets;

/**
 * What a block says before its events: the names of streams and types that it uses first.
 *
 * <pre>
 *    0      1          5
 *   +------+----------+--------------------------------------------+
 *   | kind | length   | body, length bytes                         |  ...
 *   +------+----------+--------------------------------------------+
 *    1 stream   u32 number, u8 length of the category, category, key (UTF-8)
 *    2 type     u32 number, name (UTF-8)
 * </pre>
 *
 * <p>Numbers count up from 0 and have no gaps, for streams and for types alike.
 */
final class PreambleCodec {
    static final int STREAM = 1;
    static final int TYPE = 2;
    private static final int ENTRY = 5;

    private PreambleCodec() {}

    /** Takes what a preamble says. */
    interface Visitor {
        void stream(int number, StreamId id);

        void type(int number, String name);
    }

    static int streamLength(StreamId id) {
        return ENTRY + 5 + utf8(id.category()).length + utf8(id.key()).length;
    }

    static int typeLength(String name) {
        return ENTRY + 4 + utf8(name).length;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void writeStream(int number, StreamId id, BytesWriter out) {
        byte[] category = utf8(id.category());
        byte[] key = utf8(id.key());
        out.putByte(STREAM).putInt(5 + category.length + key.length).putInt(number);
        out.putByte(category.length).putBytes(category).putBytes(key);
    }

    static void writeType(int number, String name, BytesWriter out) {
        byte[] text = utf8(name);
        out.putByte(TYPE).putInt(4 + text.length).putInt(number).putBytes(text);
    }

    static void read(BytesView in, Visitor visitor) {
        for (int at = 0; at < in.length(); at += ENTRY + in.getInt(at + 1)) {
            int body = at + ENTRY;
            int length = in.getInt(at + 1);
            int number = in.getInt(body);
            switch (in.getByte(at)) {
                case STREAM -> {
                    int category = in.getByte(body + 4) & 0xff;
                    visitor.stream(
                            number,
                            new StreamId(
                                    in.getUtf8(body + 5, category),
                                    in.getUtf8(body + 5 + category, length - 5 - category)));
                }
                case TYPE -> visitor.type(number, in.getUtf8(body + 4, length - 4));
                default ->
                        throw new StoreCorruptedException(
                                "an unknown entry in a block: kind=" + in.getByte(at),
                                "Open the store with a newer version of Varve.");
            }
        }
    }
}
