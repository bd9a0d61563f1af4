package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The types of values in the record format: five bits that tell how many bytes follow. 0 to 8 are
 * whole numbers of so many bytes. The bytes are drawn in {@code record-format.md}.
 *
 * <p>A type is written behind a prefix: the tag of a field, whose low five bits are free, or the
 * marks {@link #ALONE} and {@link #ROOT}, which are negative.
 */
final class WireType {
    static final int MAX_INTEGER = 8;
    static final int NULL = 9;
    static final int FALSE = 10;
    static final int TRUE = 11;
    static final int CHAR = 12;
    static final int FLOAT32 = 13;
    static final int FLOAT64 = 14;
    static final int TEXT = 15;
    static final int BYTES = 16;
    static final int UUID = 17;
    static final int INSTANT = 18;
    static final int DATE = 19;
    static final int DATE_TIME = 20;
    static final int DURATION = 21;
    static final int BIG_INTEGER = 22;
    static final int DECIMAL = 23;
    static final int LIST = 24;
    static final int SET = 25;
    static final int MAP = 26;
    static final int RECORD = 27;
    static final int NAMED = 28;

    static final int BITS = 5;
    static final int MASK = (1 << BITS) - 1;
    static final int TAG_BITS = 24;
    static final int FORMAT = 1;

    /** Bytes of a number that fit into a long behind a tag. */
    private static final int WITH_TAG = 5;

    /** In front of a value that is no field. */
    static final int ALONE = ~0;

    /** In front of the outermost value. */
    static final int ROOT = ~(FORMAT << BITS);

    private static final List<String> NAMES =
            List.of(
                    "null",
                    "boolean",
                    "boolean",
                    "char",
                    "float",
                    "double",
                    "text",
                    "bytes",
                    "uuid",
                    "instant",
                    "date",
                    "date-time",
                    "duration",
                    "big integer",
                    "decimal",
                    "list",
                    "set",
                    "map",
                    "record",
                    "named record");

    private WireType() {}

    static String name(int type) {
        if (type <= MAX_INTEGER) {
            return "whole number";
        }
        int index = type - NULL;
        return index < NAMES.size() ? NAMES.get(index) : "unknown (" + type + ")";
    }

    /** The tag of a field: 19 bits of its name, five bits free for the type. */
    static int tag(String name) {
        return (int) (crc(name) << BITS) & ((1 << TAG_BITS) - 1);
    }

    /** The number of a named record: 24 bits of its name. */
    static int number(String name) {
        return (int) crc(name) & ((1 << TAG_BITS) - 1);
    }

    private static long crc(String name) {
        CRC32C crc = new CRC32C();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    static void put(int prefix, int type, BytesWriter out) {
        if (prefix < 0) {
            out.putByte(~prefix | type);
        } else {
            putNumber(prefix | type, out);
        }
    }

    static void putNumber(int number, BytesWriter out) {
        // One byte too many, taken back: one write is cheaper than two.
        out.putInt(number);
        out.truncate(out.size() - 1);
    }

    static void putInteger(int prefix, long value, BytesWriter out) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value ^ (value >> 63));
        int width = value == 0 ? 0 : (bits + Byte.SIZE) / Byte.SIZE;
        if (prefix >= 0 && width <= WITH_TAG) {
            out.putLong(value << TAG_BITS | prefix | width);
            out.truncate(out.size() - WITH_TAG + width);
            return;
        }
        put(prefix, width, out);
        out.putLong(value);
        out.truncate(out.size() - Long.BYTES + width);
    }

    /** Seven bits a byte, the low ones first, the high bit set where another byte follows. */
    static void putLength(int length, BytesWriter out) {
        int rest = length;
        while (rest > 0x7f) {
            out.putByte(rest | 0x80);
            rest >>>= 7;
        }
        out.putByte(rest);
    }

    static void putText(String text, BytesWriter out) {
        int lone = Utf8Serde.loneSurrogate(text);
        if (lone >= 0) {
            throw new Unfit(
                    "text with a lone surrogate has no form in UTF-8, index=" + lone,
                    "Mend the text where it comes from; it was probably cut inside a character.");
        }
        putBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    static void putBytes(byte[] bytes, BytesWriter out) {
        putLength(bytes.length, out);
        out.putBytes(bytes);
    }
}
