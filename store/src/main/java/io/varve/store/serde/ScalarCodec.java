package io.varve.store.serde;

import io.varve.store.bytes.BytesWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Values of the JDK's classes that hold no others. */
final class ScalarCodec<T> extends Codec {
    private static final Map<Class<?>, Codec> ALL = new HashMap<>();

    static {
        add(String.class, WireType.TEXT, WireType::putText, RecordReader::text);
        add(byte[].class, WireType.BYTES, WireType::putBytes, RecordReader::bytes);
        add(UUID.class, WireType.UUID, ScalarCodec::putUuid, ScalarCodec::uuid);
        add(Instant.class, WireType.INSTANT, ScalarCodec::putInstant, ScalarCodec::instant);
        add(LocalDate.class, WireType.DATE, ScalarCodec::putDate, ScalarCodec::date);
        add(LocalDateTime.class, WireType.DATE_TIME, ScalarCodec::putTime, ScalarCodec::time);
        add(Duration.class, WireType.DURATION, ScalarCodec::putDuration, ScalarCodec::duration);
        add(BigInteger.class, WireType.BIG_INTEGER, ScalarCodec::putBig, ScalarCodec::big);
        add(BigDecimal.class, WireType.DECIMAL, ScalarCodec::putDecimal, ScalarCodec::decimal);
        for (Primitive primitive : Primitive.values()) {
            ALL.put(primitive.box, new BoxCodec(primitive));
        }
    }

    private final int type;
    private final Class<T> values;
    private final BiConsumer<T, BytesWriter> put;
    private final Function<RecordReader, T> get;

    private ScalarCodec(
            int type,
            Class<T> values,
            BiConsumer<T, BytesWriter> put,
            Function<RecordReader, T> get) {
        this.type = type;
        this.values = values;
        this.put = put;
        this.get = get;
    }

    /** The codec of a class, boxes among them, or null. */
    static Codec of(Class<?> values) {
        return ALL.get(values);
    }

    private static <T> void add(
            Class<T> values,
            int type,
            BiConsumer<T, BytesWriter> put,
            Function<RecordReader, T> get) {
        ALL.put(values, new ScalarCodec<>(type, values, put, get));
    }

    @Override
    void write(int prefix, Object value, BytesWriter out, int depth) {
        WireType.put(prefix, type, out);
        put.accept(values.cast(value), out);
    }

    @Override
    Object read(int wireType, RecordReader in) {
        in.expect(type, wireType);
        return get.apply(in);
    }

    private static void putUuid(UUID value, BytesWriter out) {
        out.putLong(Long.reverseBytes(value.getMostSignificantBits()));
        out.putLong(Long.reverseBytes(value.getLeastSignificantBits()));
    }

    private static UUID uuid(RecordReader in) {
        long high = Long.reverseBytes(in.fixed64());
        return new UUID(high, Long.reverseBytes(in.fixed64()));
    }

    private static void putInstant(Instant value, BytesWriter out) {
        putSeconds(value.getEpochSecond(), value.getNano(), out);
    }

    private static Instant instant(RecordReader in) {
        long second = in.integer();
        return Instant.ofEpochSecond(second, nano(in));
    }

    private static void putDate(LocalDate value, BytesWriter out) {
        WireType.putInteger(WireType.ALONE, value.toEpochDay(), out);
    }

    private static LocalDate date(RecordReader in) {
        return LocalDate.ofEpochDay(in.integer());
    }

    private static void putTime(LocalDateTime value, BytesWriter out) {
        putSeconds(value.toEpochSecond(ZoneOffset.UTC), value.getNano(), out);
    }

    private static LocalDateTime time(RecordReader in) {
        long second = in.integer();
        return LocalDateTime.ofEpochSecond(second, nano(in), ZoneOffset.UTC);
    }

    private static void putDuration(Duration value, BytesWriter out) {
        putSeconds(value.getSeconds(), value.getNano(), out);
    }

    private static Duration duration(RecordReader in) {
        long second = in.integer();
        return Duration.ofSeconds(second, nano(in));
    }

    private static void putSeconds(long second, int nano, BytesWriter out) {
        WireType.putInteger(WireType.ALONE, second, out);
        WireType.putInteger(WireType.ALONE, nano, out);
    }

    private static int nano(RecordReader in) {
        long nano = in.integer();
        if (nano < 0 || nano > 999_999_999) {
            throw new Unfit("not the nanosecond of a second, nano=" + nano, Unfit.KEEP);
        }
        return (int) nano;
    }

    private static void putBig(BigInteger value, BytesWriter out) {
        WireType.putBytes(value.toByteArray(), out);
    }

    private static BigInteger big(RecordReader in) {
        return new BigInteger(in.bytes());
    }

    private static void putDecimal(BigDecimal value, BytesWriter out) {
        WireType.putInteger(WireType.ALONE, value.scale(), out);
        WireType.putBytes(value.unscaledValue().toByteArray(), out);
    }

    private static BigDecimal decimal(RecordReader in) {
        int scale = Math.toIntExact(in.integer());
        return new BigDecimal(new BigInteger(in.bytes()), scale);
    }
}
