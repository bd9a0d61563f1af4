package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;

/** The primitive types, all carried as the bits of a long so that none is boxed. */
enum Primitive {
    BOOLEAN(boolean.class, Boolean.class, 0, 1),
    BYTE(byte.class, Byte.class, Byte.MIN_VALUE, Byte.MAX_VALUE),
    SHORT(short.class, Short.class, Short.MIN_VALUE, Short.MAX_VALUE),
    CHAR(char.class, Character.class, Character.MIN_VALUE, Character.MAX_VALUE),
    INT(int.class, Integer.class, Integer.MIN_VALUE, Integer.MAX_VALUE),
    LONG(long.class, Long.class, Long.MIN_VALUE, Long.MAX_VALUE),
    FLOAT(float.class, Float.class, 0, 0),
    DOUBLE(double.class, Double.class, 0, 0);

    final Class<?> type;
    final Class<?> box;
    private final long least;
    private final long most;

    Primitive(Class<?> type, Class<?> box, long least, long most) {
        this.type = type;
        this.box = box;
        this.least = least;
        this.most = most;
    }

    boolean isWhole() {
        return this == BYTE || this == SHORT || this == INT || this == LONG;
    }

    /** The bits of a boxed value. */
    long bits(Object boxed) {
        return switch (this) {
            case BOOLEAN -> (Boolean) boxed ? 1 : 0;
            case CHAR -> (Character) boxed;
            case FLOAT -> Float.floatToIntBits((Float) boxed);
            case DOUBLE -> Double.doubleToLongBits((Double) boxed);
            default -> ((Number) boxed).longValue();
        };
    }

    Object boxed(long bits) {
        return switch (this) {
            case BOOLEAN -> bits != 0;
            case BYTE -> (byte) bits;
            case SHORT -> (short) bits;
            case CHAR -> (char) bits;
            case INT -> (int) bits;
            case LONG -> bits;
            case FLOAT -> Float.intBitsToFloat((int) bits);
            case DOUBLE -> Double.longBitsToDouble(bits);
        };
    }

    void write(int prefix, long bits, BytesWriter out) {
        switch (this) {
            case BOOLEAN -> WireType.put(prefix, bits == 0 ? WireType.FALSE : WireType.TRUE, out);
            case CHAR -> {
                WireType.put(prefix, WireType.CHAR, out);
                out.putShort((int) bits);
            }
            case FLOAT -> {
                WireType.put(prefix, WireType.FLOAT32, out);
                out.putInt((int) bits);
            }
            case DOUBLE -> {
                WireType.put(prefix, WireType.FLOAT64, out);
                out.putLong(bits);
            }
            default -> WireType.putInteger(prefix, bits, out);
        }
    }

    long read(int type, RecordReader in) {
        return switch (this) {
            case BOOLEAN -> readBoolean(type);
            case CHAR -> {
                in.expect(WireType.CHAR, type);
                yield in.pair();
            }
            case FLOAT -> {
                in.expect(WireType.FLOAT32, type);
                yield in.fixed32();
            }
            case DOUBLE -> readDouble(type, in);
            default -> readWhole(type, in);
        };
    }

    private static long readBoolean(int type) {
        if (type != WireType.FALSE && type != WireType.TRUE) {
            throw RecordReader.wrongType(type, "a boolean");
        }
        return type - WireType.FALSE;
    }

    /** What was a float or a whole number once may be a double now, if nothing is lost. */
    private static long readDouble(int type, RecordReader in) {
        if (type == WireType.FLOAT64) {
            return in.fixed64();
        }
        if (type == WireType.FLOAT32) {
            return Double.doubleToLongBits(Float.intBitsToFloat(in.fixed32()));
        }
        if (type > WireType.MAX_INTEGER) {
            throw RecordReader.wrongType(type, "a double");
        }
        long whole = in.integer(type);
        double value = whole;
        if (whole == Long.MAX_VALUE || (long) value != whole) {
            throw new Unfit("no double is exactly " + whole, Unfit.KEEP);
        }
        return Double.doubleToLongBits(value);
    }

    long readWhole(int type, RecordReader in) {
        long value = in.integer(type);
        if (value < least || value > most) {
            throw new Unfit(
                    "a number is too large for " + this.type + ", value=" + value,
                    "Make the component a long.");
        }
        return value;
    }
}
