package io.varve.store.serde;

import io.varve.store.bytes.BytesView;

/**
 * Goes through the bytes of one value. Every length is compared with what is left before anything
 * is allocated, so that damaged bytes cost no more memory than whole ones.
 */
final class RecordReader {
    /** How deep records may stand in each other. */
    static final int MAX_DEPTH = 100;

    /** How deep fields that are skipped may: each record may hold some levels of collections. */
    private static final int MAX_SKIP_DEPTH = 10 * MAX_DEPTH;

    private final BytesView in;
    private int position;
    private int depth = MAX_DEPTH;

    RecordReader(BytesView in) {
        this.in = in;
    }

    int position() {
        return position;
    }

    void down() {
        if (depth-- == 0) {
            throw tooDeep();
        }
    }

    void up() {
        depth++;
    }

    static Unfit tooDeep() {
        return new Unfit(
                "more than " + MAX_DEPTH + " records in each other",
                "Make the value flatter, with a list for instance.");
    }

    static Unfit wrongType(int type, String expected) {
        return new Unfit("a " + WireType.name(type) + " cannot become " + expected, Unfit.KEEP);
    }

    void expect(int expected, int type) {
        if (type != expected) {
            throw wrongType(type, "a " + WireType.name(expected));
        }
    }

    int remaining() {
        return in.length() - position;
    }

    int octet() {
        int octet = in.getByte(position) & 0xff;
        position++;
        return octet;
    }

    /** Two bytes, unsigned. */
    int pair() {
        int pair = in.getShort(position) & 0xffff;
        position += Short.BYTES;
        return pair;
    }

    /** Three bytes: a tag, or the number of a named record. */
    int number() {
        int number = threeBytes();
        position += WireType.TAG_BITS / Byte.SIZE;
        return number;
    }

    /** The type of the next field if it has this tag; else -1, and nothing is read. */
    int typeIf(int tag) {
        int number = remaining() >= Integer.BYTES ? in.getInt(position) & 0xffffff : threeBytes();
        int difference = number ^ tag;
        if (difference > WireType.MASK) {
            return -1;
        }
        position += WireType.TAG_BITS / Byte.SIZE;
        return difference;
    }

    private int threeBytes() {
        return in.getShort(position) & 0xffff
                | (in.getByte(position + Short.BYTES) & 0xff) << Short.SIZE;
    }

    int fixed32() {
        int value = in.getInt(position);
        position += Integer.BYTES;
        return value;
    }

    long fixed64() {
        long value = in.getLong(position);
        position += Long.BYTES;
        return value;
    }

    /** The type of a value that is no field. */
    int type() {
        return octet();
    }

    /** A whole number with its type in front. */
    long integer() {
        return integer(type());
    }

    long integer(int width) {
        if (width > WireType.MAX_INTEGER) {
            throw wrongType(width, "a whole number");
        }
        if (width == 0) {
            return 0;
        }
        int unused = Long.SIZE - width * Byte.SIZE;
        if (remaining() >= Long.BYTES) {
            // Reads beyond the number, but not beyond the view.
            long value = in.getLong(position) << unused >> unused;
            position += width;
            return value;
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (long) octet() << (i * Byte.SIZE);
        }
        return value << unused >> unused;
    }

    /** How many bytes or elements follow: never more than bytes are left. */
    int length() {
        int length = octet();
        if (length > 0x7f) {
            length = longLength(length);
        }
        if (length > remaining()) {
            throw new Unfit(
                    "a length is larger than what is left, declared="
                            + length
                            + " left="
                            + remaining(),
                    "The bytes are damaged or of another serde.");
        }
        return length;
    }

    private int longLength(int first) {
        long length = first & 0x7f;
        for (int shift = 7; shift < Integer.SIZE; shift += 7) {
            int next = octet();
            length |= (long) (next & 0x7f) << shift;
            if (next <= 0x7f) {
                return (int) Math.min(length, Integer.MAX_VALUE);
            }
        }
        throw new Unfit("a length without end", "The bytes are damaged or of another serde.");
    }

    String text() {
        int length = length();
        String text = in.getUtf8(position, length);
        if (!Utf8Serde.isExact(text, in, position, length)) {
            throw new Unfit(
                    "bytes are not UTF-8, length=" + length,
                    "The bytes are damaged or of another serde.");
        }
        position += length;
        return text;
    }

    byte[] bytes() {
        byte[] bytes = new byte[length()];
        in.copyTo(position, bytes, 0, bytes.length);
        position += bytes.length;
        return bytes;
    }

    /** Passes over a value whose type was read already. */
    void skip(int type) {
        skip(type, MAX_SKIP_DEPTH);
    }

    private void skip(int type, int levels) {
        if (levels == 0) {
            throw tooDeep();
        }
        switch (type) {
            case 0, WireType.NULL, WireType.FALSE, WireType.TRUE -> {}
            case 1, 2, 3, 4, 5, 6, 7, 8 -> skipBytes(type);
            case WireType.CHAR -> skipBytes(Character.BYTES);
            case WireType.FLOAT32 -> skipBytes(Float.BYTES);
            case WireType.FLOAT64 -> skipBytes(Double.BYTES);
            case WireType.TEXT, WireType.BYTES, WireType.BIG_INTEGER -> skipBytes(length());
            case WireType.UUID -> skipBytes(2 * Long.BYTES);
            case WireType.DATE -> integer();
            case WireType.INSTANT, WireType.DATE_TIME, WireType.DURATION -> {
                integer();
                integer();
            }
            case WireType.DECIMAL -> {
                integer();
                skipBytes(length());
            }
            case WireType.LIST, WireType.SET -> skipValues(length(), levels);
            case WireType.MAP -> skipValues(2L * length(), levels);
            case WireType.RECORD -> skipFields(levels);
            case WireType.NAMED -> {
                number();
                skipFields(levels);
            }
            default -> throw wrongType(type, "anything");
        }
    }

    private void skipValues(long count, int levels) {
        for (long i = 0; i < count; i++) {
            skip(type(), levels - 1);
        }
    }

    private void skipFields(int levels) {
        for (int i = length(); i > 0; i--) {
            skip(number() & WireType.MASK, levels - 1);
        }
    }

    private void skipBytes(int count) {
        if (count > remaining()) {
            throw new Unfit("the bytes end too early", "They are damaged or of another serde.");
        }
        position += count;
    }
}
