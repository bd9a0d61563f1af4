package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.Serdes;
import org.junit.jupiter.api.Test;

class WindowedSerdeTest {
    /** As any other bytes that no serde of ours has written. */
    @Test
    void shouldRefuseBytesOfAWindowThatEndsBeforeItStarts() {
        BytesView bytes =
                new BytesWriter().putUtf8("SFO").putOrderedLong(2).putOrderedLong(1).view();
        assertThrows(SerdeException.class, () -> Windowed.serde(Serdes.utf8()).deserialize(bytes));
    }
}
