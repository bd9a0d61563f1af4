package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
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
        EventQuery.Start five = new EventQuery.Start.At(5);
        assertEquals(
                new EventQuery(all.source(), Set.of(), EventQuery.Direction.FORWARD, five, 0),
                some);
        assertEquals(some, all.limit(0).from(5));
        assertEquals(EventQuery.all(), all);
        EventQuery types = EventQuery.category("orders").type("A", "B").backward();
        assertEquals(types, EventQuery.category("orders").backward().types(Set.of("B", "A")));
        assertEquals(new EventQuery.Source.OfCategory("orders"), types.source());
        assertEquals(Set.of("A", "B"), types.types());
        assertEquals(Set.of("C"), types.type("C").types());
        assertEquals(EventQuery.Direction.BACKWARD, types.direction());
        Instant time = Instant.ofEpochSecond(7);
        assertEquals(new EventQuery.Start.Time(time), all.from(3).fromTime(time).start());
    }

    @Test
    void shouldBeginAtTheEndOfItsDirectionUnlessToldOtherwise() {
        assertEquals(Long.MAX_VALUE, EventQuery.all().backward().from());
        assertEquals(0, EventQuery.all().from(0).backward().from());
        assertEquals(7, EventQuery.stream(ORDER).backward().from(7).from());
    }

    @Test
    void shouldTakeATypeTwiceAsOnce() {
        assertEquals(EventQuery.all().type("A"), EventQuery.all().type("A", "A"));
    }

    @Test
    void shouldReadAsItIsWritten() {
        assertEquals("all()", EventQuery.all().toString());
        assertEquals(
                "category(orders).type(A, B).from(7).backward().limit(0)",
                EventQuery.category("orders")
                        .limit(0)
                        .type("B", "A")
                        .backward()
                        .from(7)
                        .toString());
        assertEquals(
                "stream(orders/1).fromTime(1970-01-01T00:00:07Z)",
                EventQuery.stream(ORDER).fromTime(Instant.ofEpochSecond(7)).toString());
    }

    @Test
    void shouldNotChangeWithASetOfTypesThatDoes() {
        Set<String> names = new HashSet<>(Set.of("A"));
        EventQuery query = EventQuery.all().types(names);
        names.add("B");
        assertEquals(Set.of("A"), query.types());
    }

    @Test
    void shouldRefuseWhatCannotBeRead() {
        EventQuery all = EventQuery.all();
        assertThrows(IllegalArgumentException.class, () -> all.from(-1));
        assertThrows(IllegalArgumentException.class, () -> all.limit(-1));
        assertThrows(IllegalArgumentException.class, all::type);
        assertThrows(IllegalArgumentException.class, () -> all.types(Set.of()));
        assertThrows(IllegalArgumentException.class, () -> EventQuery.category("a/b"));
        assertThrows(IllegalArgumentException.class, () -> EventQuery.category(""));
        assertThrows(NullPointerException.class, () -> EventQuery.stream(null));
        assertThrows(NullPointerException.class, () -> all.fromTime(null));
        assertThrows(
                NullPointerException.class,
                () -> new EventQuery(null, Set.of(), all.direction(), all.start(), 1));
    }
}
