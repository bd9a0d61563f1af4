package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Flyweight;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views that are made of a lent payload are lent no longer than it. */
class LentPartsTest {
    @TempDir Path folder;

    /** Has views of its own into the event. */
    private static final class Fields implements Flyweight {
        private final BytesView half = new BytesView();
        private final BytesView quarter = new BytesView();

        @Override
        public void wrap(BytesView value) {
            quarter.wrap(half.wrap(value, 8, 8), 4, 4);
        }
    }

    private static NewEvent event(String text) {
        return NewEvent.of("T", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldTakeBackWhatAFlyweightHasMadeOfAPayload() {
        Fields fields = new Fields();
        StringBuilder seen = new StringBuilder();
        try (EventStore store = EventStore.open(folder)) {
            for (String text : new String[] {"0123456789abcdef", "ghijklmnopqrstuv"}) {
                store.append(TestEvents.stream("k"), ExpectedVersion.any(), event(text));
            }
            store.read(
                    EventQuery.all(),
                    FlyweightVisitor.of(
                            fields,
                            (event, shown) -> {
                                event.payload();
                                seen.append(shown.half.getUtf8(0, 8));
                                seen.append(shown.quarter.getUtf8(0, 4));
                                return true;
                            }));
            assertEquals("89abcdefcdefopqrstuvstuv", seen.toString());
            assertThrows(IndexOutOfBoundsException.class, () -> fields.half.getUtf8(0, 8));
            assertThrows(IndexOutOfBoundsException.class, () -> fields.quarter.getByte(0));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> fields.half.getByte(0));
        assertEquals(0, fields.quarter.length());
    }
}
