package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class EventQueryTest {
    private static final StreamId ORDER = StreamId.of("orders", "1");

    @Test
    void shouldBeginAtTheFirstEventWithoutALimit() {
        EventQuery all = EventQuery.all();
        assertEquals(new EventQuery.Source.Everything(), all.source());
        assertEquals(0, all.from());
        assertEquals(Long.MAX_VALUE, all.limit());
        EventQuery stream = EventQuery.stream(ORDER);
        assertEquals(new EventQuery.Source.OfStream(ORDER), stream.source());
        assertEquals(0, stream.from());
        assertEquals(Long.MAX_VALUE, stream.limit());
    }

    @Test
    void shouldReturnAnotherWithEachChange() {
        EventQuery all = EventQuery.all();
        EventQuery some = all.from(5).limit(0);
        assertEquals(new EventQuery(all.source(), 5, 0), some);
        assertEquals(some, all.limit(0).from(5));
        assertEquals(EventQuery.all(), all);
    }

    @Test
    void shouldRefuseWhatCannotBeRead() {
        EventQuery all = EventQuery.all();
        assertThrows(IllegalArgumentException.class, () -> all.from(-1));
        assertThrows(IllegalArgumentException.class, () -> all.limit(-1));
        assertThrows(NullPointerException.class, () -> new EventQuery(null, 0, 1));
    }
}
