package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.IncompatibleStoreException;
import java.nio.charset.StandardCharsets;

/**
 * What a block says before its events: the names of streams and types that it uses first, and what
 * appends that begin in it brought beside their events.
 *
 * <pre>
 *    0      1          5
 *   +------+----------+--------------------------------------------+
 *   | kind | length   | body, length bytes                         |  ...
 *   +------+----------+--------------------------------------------+
 *    1 stream   u32 number, u8 length of the category, category, key (UTF-8)
 *    2 type     u32 number, name (UTF-8)
 *    3 key      i64 position of the append's first event, u32 count of its events,
 *               16 bytes of ContentHash, idempotency key (UTF-8)
 *    4 mark     i64 position of the append's first event, i64 epoch, i64 position,
 *               name of the producer (UTF-8)
 * </pre>
 *
 * <p>Numbers count up from 0 and have no gaps, for streams and for types alike.
 */
final class PreambleCodec {
    static final int STREAM = 1;
    static final int TYPE = 2;
    private static final int KEY = 3;
    static final int MARK = 4;
    static final int ENTRY = 5;
    private static final int KEY_BODY = Long.BYTES + Integer.BYTES + ContentHash.BYTES;
    private static final int MARK_BODY = 3 * Long.BYTES;

    private PreambleCodec() {}

    /** Takes what a preamble says. */
    interface Visitor {
        void stream(int number, StreamId id);

        void type(int number, String name);

        void key(AppendKey key);

        void mark(AppendMark mark);
    }

    static int streamLength(StreamId id) {
        return ENTRY + 5 + utf8(id.category()).length + utf8(id.key()).length;
    }

    static int typeLength(String name) {
        return ENTRY + 4 + utf8(name).length;
    }

    static int keyLength(String key) {
        return ENTRY + KEY_BODY + utf8(key).length;
    }

    static int markLength(String producer) {
        return ENTRY + MARK_BODY + utf8(producer).length;
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

    static void writeKey(AppendKey key, BytesWriter out) {
        byte[] text = utf8(key.key());
        out.putByte(KEY).putInt(KEY_BODY + text.length);
        out.putLong(key.firstPosition()).putInt(key.count());
        out.putLong(key.content().high()).putLong(key.content().low()).putBytes(text);
    }

    static void writeMark(AppendMark mark, BytesWriter out) {
        byte[] text = utf8(mark.mark().producer());
        out.putByte(MARK).putInt(MARK_BODY + text.length).putLong(mark.firstPosition());
        out.putLong(mark.mark().epoch()).putLong(mark.mark().position()).putBytes(text);
    }

    private static AppendKey readKey(BytesView in, int at, int length) {
        ContentHash content = new ContentHash(in.getLong(at + 12), in.getLong(at + 20));
        String key = in.getUtf8(at + KEY_BODY, length - KEY_BODY);
        return new AppendKey(key, in.getLong(at), in.getInt(at + Long.BYTES), content);
    }

    private static AppendMark readMark(BytesView in, int at, int length) {
        String producer = in.getUtf8(at + MARK_BODY, length - MARK_BODY);
        RecordedMark mark = new RecordedMark(producer, in.getLong(at + 8), in.getLong(at + 16));
        return new AppendMark(in.getLong(at), mark);
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
                case KEY -> visitor.key(readKey(in, body, length));
                case MARK -> visitor.mark(readMark(in, body, length));
                default ->
                        throw new IncompatibleStoreException(
                                "A block of the log has an unknown entry: kind=" + in.getByte(at),
                                "Open the store with a newer version of Varve.");
            }
        }
    }
}
