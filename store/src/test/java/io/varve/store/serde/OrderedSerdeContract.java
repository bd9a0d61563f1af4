package io.varve.store.serde;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a serde does that serves for keys: one form for each value, in the order of the values. */
abstract class OrderedSerdeContract<T> extends SerdeContract<T> {
    /** The order of the values that the bytes keep. */
    abstract Comparator<T> order();

    @Override
    void assertGarbage(byte[] garbage, T value) {
        assertArrayEquals(garbage, written(value), "seed=" + seed);
    }

    @Test
    void shouldKeepTheOrderOfValuesInTheirBytes() {
        List<T> values = values();
        for (T left : values) {
            for (T right : values) {
                int expected = Integer.signum(order().compare(left, right));
                int actual = Integer.signum(Arrays.compareUnsigned(written(left), written(right)));
                assertEquals(expected, actual, left + " and " + right + " seed=" + seed);
            }
        }
    }
}
