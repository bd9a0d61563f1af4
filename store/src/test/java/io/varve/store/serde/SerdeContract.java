package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Memory;
import io.varve.store.errors.SerdeException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every serde does. A subclass names the serde and its values. */
abstract class SerdeContract<T> {
    final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final Random random = new Random(seed);

    abstract Serde<T> serde();

    /** Smallest, largest, empty, and whatever is a border. */
    abstract List<T> edges();

    abstract T any(Random random);

    List<T> values() {
        List<T> values = new ArrayList<>(edges());
        for (int i = 0; i < 200; i++) {
            values.add(any(random));
        }
        return values;
    }

    void assertSame(T expected, T actual) {
        assertEquals(expected, actual, "seed=" + seed);
    }

    /** What garbage may be read as. */
    abstract void assertGarbage(byte[] garbage, T value);

    @Test
    void shouldReadWhatItWrote() {
        for (T value : values()) {
            assertSame(value, serde().deserialize(BytesView.of(written(value))));
        }
    }

    @Test
    void shouldReadFromTheMiddleOfAnArrayAndFromMemory() {
        for (T value : values()) {
            byte[] bytes = written(value);
            byte[] wider = new byte[bytes.length + 5];
            Arrays.fill(wider, (byte) -1);
            System.arraycopy(bytes, 0, wider, 3, bytes.length);
            assertSame(value, serde().deserialize(new BytesView().wrap(wider, 3, bytes.length)));
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length + 1).put(0, bytes);
            BytesView view = new BytesView().wrapMemory(Memory.addressOf(direct), bytes.length);
            assertSame(value, serde().deserialize(view));
            Reference.reachabilityFence(direct);
        }
    }

    @Test
    void shouldWriteBehindWhatIsThere() {
        for (T value : values()) {
            BytesWriter out = new BytesWriter(0).putByte(7);
            serde().serialize(value, out);
            byte[] all = out.toByteArray();
            assertEquals(7, all[0]);
            assertArrayEquals(written(value), Arrays.copyOfRange(all, 1, all.length));
        }
    }

    @Test
    void shouldRefuseGarbageOrReadAValueOfTheseBytes() {
        for (int i = 0; i < 5_000; i++) {
            byte[] garbage = garbage();
            try {
                T value = serde().deserialize(BytesView.of(garbage));
                assertGarbage(garbage, value);
            } catch (SerdeException e) {
                assertFalse(e.remedy().isEmpty());
            }
        }
    }

    /** Mostly a good value's bytes with something done to them. */
    private byte[] garbage() {
        byte[] bytes =
                written(
                        random.nextBoolean()
                                ? any(random)
                                : edges().get(random.nextInt(edges().size())));
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            case 2 -> {
                for (int i = 0; i < Math.min(3, bytes.length); i++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            default -> {
                bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
            }
        }
        return bytes;
    }

    byte[] written(T value) {
        BytesWriter out = new BytesWriter();
        serde().serialize(value, out);
        return out.toByteArray();
    }
}
