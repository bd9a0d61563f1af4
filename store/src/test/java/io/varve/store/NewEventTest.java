package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.errors.LimitExceededException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class NewEventTest {
    private static final byte[] PAYLOAD = {1};

    @Test
    void shouldBeOfNowAndWithoutHeaders() {
        NewEvent event = NewEvent.of("placed", PAYLOAD);
        assertEquals("placed", event.type());
        assertSame(PAYLOAD, event.payload());
        assertEquals(OptionalLong.empty(), event.eventTimeMillis());
        assertSame(EventHeaders.NONE, event.headers());
    }

    @Test
    void shouldReturnAnotherWithEachChange() {
        EventHeaders headers = EventHeaders.NONE.withCorrelation("c");
        NewEvent event = NewEvent.of("placed", PAYLOAD);
        NewEvent other = event.at(0).with(headers);
        assertEquals(new NewEvent("placed", PAYLOAD, OptionalLong.of(0), headers), other);
        assertEquals(OptionalLong.empty(), event.eventTimeMillis());
        assertSame(EventHeaders.NONE, event.headers());
    }

    @Test
    void shouldRefuseTypesThatAreEmptyOrTooLong() {
        NewEvent.of("t".repeat(200), PAYLOAD);
        NewEvent.of("\u00e9".repeat(100), PAYLOAD);
        assertThrows(IllegalArgumentException.class, () -> NewEvent.of("", PAYLOAD));
        LimitExceededException e =
                assertThrows(
                        LimitExceededException.class,
                        () -> NewEvent.of("\u00e9".repeat(101), PAYLOAD));
        assertEquals(202, e.actual());
        assertEquals(200, e.limit());
    }

    @Test
    void shouldRefuseNull() {
        OptionalLong now = OptionalLong.empty();
        EventHeaders none = EventHeaders.NONE;
        assertThrows(NullPointerException.class, () -> new NewEvent(null, PAYLOAD, now, none));
        assertThrows(NullPointerException.class, () -> new NewEvent("t", null, now, none));
        assertThrows(NullPointerException.class, () -> new NewEvent("t", PAYLOAD, null, none));
        assertThrows(NullPointerException.class, () -> new NewEvent("t", PAYLOAD, now, null));
    }
}
