package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.UUID;

/** Values of a fixed number of bytes, whose unsigned order is the order of the values. */
final class OrderedSerdes {
    static final Serde<Integer> INT32 = new Int32();
    static final Serde<Long> INT64 = new Int64();
    static final Serde<Double> FLOAT64 = new Float64();
    static final Serde<UUID> UUID = new Uuid();
    static final Serde<Instant> INSTANT = new OfInstant();

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private OrderedSerdes() {}

    private static final class Int32 implements Serde<Integer> {
        @Override
        public String describe() {
            return "int32";
        }

        @Override
        public void serialize(Integer value, BytesWriter out) {
            out.putOrderedInt(value);
        }

        @Override
        public Integer deserialize(BytesView in) {
            checkLength("int32", Integer.BYTES, in);
            return orderedInt(in, 0);
        }
    }

    private static final class Int64 implements Serde<Long> {
        @Override
        public String describe() {
            return "int64";
        }

        @Override
        public void serialize(Long value, BytesWriter out) {
            out.putOrderedLong(value);
        }

        @Override
        public Long deserialize(BytesView in) {
            checkLength("int64", Long.BYTES, in);
            return orderedLong(in, 0);
        }
    }

    private static final class Float64 implements Serde<Double> {
        @Override
        public String describe() {
            return "float64";
        }

        @Override
        public void serialize(Double value, BytesWriter out) {
            out.putOrderedLong(turned(Double.doubleToLongBits(value)));
        }

        @Override
        public Double deserialize(BytesView in) {
            checkLength("float64", Double.BYTES, in);
            double value = Double.longBitsToDouble(turned(orderedLong(in, 0)));
            if (Double.isNaN(value)
                    && turned(orderedLong(in, 0)) != Double.doubleToLongBits(value)) {
                throw new SerdeException(
                        "A NaN of other bytes than NaN is written with", wrongSerde(), null);
            }
            return value;
        }

        /** Bits of a double to a long of the same order, and back: larger negatives count down. */
        private static long turned(long bits) {
            return bits ^ ((bits >> 63) & Long.MAX_VALUE);
        }
    }

    private static final class Uuid implements Serde<UUID> {
        @Override
        public String describe() {
            return "uuid";
        }

        @Override
        public void serialize(UUID value, BytesWriter out) {
            out.ensure(2 * Long.BYTES);
            out.putLong(Long.reverseBytes(value.getMostSignificantBits()));
            out.putLong(Long.reverseBytes(value.getLeastSignificantBits()));
        }

        @Override
        public UUID deserialize(BytesView in) {
            checkLength("uuid", 2 * Long.BYTES, in);
            return new UUID(
                    Long.reverseBytes(in.getLong(0)), Long.reverseBytes(in.getLong(Long.BYTES)));
        }
    }

    private static final class OfInstant implements Serde<Instant> {
        @Override
        public String describe() {
            return "instant";
        }

        @Override
        public void serialize(Instant value, BytesWriter out) {
            out.ensure(Long.BYTES + Integer.BYTES);
            out.putOrderedLong(value.getEpochSecond()).putOrderedInt(value.getNano());
        }

        @Override
        public Instant deserialize(BytesView in) {
            checkLength("instant", Long.BYTES + Integer.BYTES, in);
            long second = orderedLong(in, 0);
            int nano = orderedInt(in, Long.BYTES);
            if (nano < 0 || nano >= NANOS_PER_SECOND) {
                throw new SerdeException(
                        "Not the nanosecond of a second: nano=" + nano, wrongSerde(), null);
            }
            try {
                return Instant.ofEpochSecond(second, nano);
            } catch (DateTimeException e) {
                throw new SerdeException(
                        "Not the second of an instant: second=" + second, wrongSerde(), e);
            }
        }
    }

    private static int orderedInt(BytesView in, int offset) {
        return Integer.reverseBytes(in.getInt(offset)) ^ Integer.MIN_VALUE;
    }

    private static long orderedLong(BytesView in, int offset) {
        return Long.reverseBytes(in.getLong(offset)) ^ Long.MIN_VALUE;
    }

    private static void checkLength(String serde, int expected, BytesView in) {
        if (in.length() != expected) {
            throw new SerdeException(
                    "Wrong number of bytes: serde="
                            + serde
                            + " expected="
                            + expected
                            + " actual="
                            + in.length(),
                    wrongSerde(),
                    null);
        }
    }

    private static String wrongSerde() {
        return "Read bytes with the serde that wrote them.";
    }
}
