package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.OrderEvent.Cancelled;
import io.varve.projections.OrderEvent.Placed;
import io.varve.projections.OrderEvent.Shipped;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.EventHeaders;
import io.varve.store.RecordedEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ViewTest {
    /** What is known of people, in a category of its own. */
    sealed interface PersonEvent {
        record Named(String name) implements PersonEvent {}

        record Left() implements PersonEvent {}

        record Seen(long when) implements PersonEvent {}
    }

    private static final EventSerde<PersonEvent> PEOPLE =
            EventSerde.of(PersonEvent.class)
                    .json("named", PersonEvent.Named.class)
                    .json("left", PersonEvent.Left.class)
                    .json("seen", PersonEvent.Seen.class)
                    .build();

    record Person(String name, long cents) {
        static final Person NOBODY = new Person("", 0);
    }

    private static final StoreRef<String, Person> ROWS = StoreRef.of("people-rows");

    private static final Fold<Object, Person> PERSON =
            Fold.<Object, Person>startingWith(() -> Person.NOBODY)
                    .on(PersonEvent.Named.class, (p, e) -> new Person(e.name(), p.cents()))
                    .on(PersonEvent.Left.class, (p, e) -> null)
                    .on(Placed.class, (p, e) -> new Person(p.name(), p.cents() + e.cents()))
                    .on(Cancelled.class, (p, e) -> new Person(p.name(), 0))
                    .build();

    private static final View<Object, String, Person> VIEW =
            View.of(PERSON, Materialized.as(ROWS, Serdes.utf8(), Serdes.json(Person.class)))
                    .over("people", PEOPLE, (person, event) -> person)
                    .over("orders", OrderEvent.SERDE, (order, event) -> customer(event));

    private static String customer(OrderEvent event) {
        if (event instanceof Placed placed) {
            return placed.customer();
        }
        return event instanceof Cancelled cancelled ? cancelled.why() : null;
    }

    private final List<RecordedEvent> log = new ArrayList<>();

    private <E> void append(String category, String key, EventSerde<E> serde, E event) {
        BytesWriter bytes = new BytesWriter();
        serde.serialize(event, bytes);
        StreamId stream = StreamId.of(category, key);
        long position = log.size();
        String type = serde.typeOf(event);
        log.add(
                new RecordedEvent(
                        position, stream, 0, type, 0, 0, EventHeaders.NONE, bytes.toByteArray()));
    }

    private void pipe(TopologyTestDriver driver, String category, String key, Object event) {
        driver.pipe(category, key, event);
        if (event instanceof OrderEvent order) {
            append(category, key, OrderEvent.SERDE, order);
        } else {
            append(category, key, PEOPLE, (PersonEvent) event);
        }
    }

    @Test
    void shouldFoldTheEventsOfSeveralCategoriesInTheOrderOfTheLog() {
        try (TopologyTestDriver driver = new TopologyTestDriver(VIEW.projection("people", 1))) {
            pipe(driver, "orders", "1", new Placed("ann", 10));
            pipe(driver, "people", "ann", new PersonEvent.Named("Ann"));
            pipe(driver, "people", "bob", new PersonEvent.Named("Bob"));
            pipe(driver, "orders", "2", new Placed("ann", 20));
            pipe(driver, "orders", "2", new Shipped("DE"));
            assertEquals(Optional.of(new Person("Ann", 30)), driver.store(ROWS).get("ann"));
            pipe(driver, "people", "ann", new PersonEvent.Left());
            assertEquals(Optional.empty(), driver.store(ROWS).get("ann"));
            pipe(driver, "orders", "3", new Placed("ann", 5));
            assertEquals(Optional.of(new Person("", 5)), driver.store(ROWS).get("ann"));
            assertEquals(Optional.of(new Person("", 5)), VIEW.load("ann", log));
            assertEquals(Optional.of(new Person("Ann", 30)), VIEW.load("ann", log.subList(0, 5)));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldGiveOnDemandWhatTheProjectionKeeps() {
        Random random = new Random(Long.getLong("varve.seed", 17));
        Set<String> people = new TreeSet<>();
        try (TopologyTestDriver driver = new TopologyTestDriver(VIEW.projection("people", 1))) {
            for (int i = 0; i < 600; i++) {
                String person = "p" + random.nextInt(12);
                people.add(person);
                String order = "o" + random.nextInt(30);
                switch (random.nextInt(7)) {
                    case 0 -> pipe(driver, "people", person, new PersonEvent.Left());
                    case 1 -> pipe(driver, "people", person, new PersonEvent.Named("n" + i));
                    case 2 -> pipe(driver, "people", person, new PersonEvent.Seen(i));
                    case 3 -> pipe(driver, "orders", order, new Cancelled(person));
                    case 4 -> pipe(driver, "orders", order, new Shipped("DE"));
                    default -> pipe(driver, "orders", order, new Placed(person, i));
                }
                if (i % 50 == 0) {
                    assertSame(driver, people);
                }
            }
            assertSame(driver, people);
            driver.assertRebuildMatches();
        }
    }

    private void assertSame(TopologyTestDriver driver, Set<String> people) {
        for (String person : people) {
            assertEquals(VIEW.load(person, log), driver.store(ROWS).get(person), person);
        }
    }

    @Test
    void shouldPassOverWhatIsOfNoConcern() {
        append("elsewhere", "ann", PEOPLE, new PersonEvent.Named("Ann"));
        StreamId ann = StreamId.of("people", "ann");
        log.add(new RecordedEvent(1, ann, 1, "$tombstone", 0, 0, EventHeaders.NONE, new byte[0]));
        assertTrue(log.get(1).isTombstone());
        assertEquals(Optional.empty(), VIEW.load("ann", log));
        assertEquals(Optional.empty(), VIEW.load("ann", List.of()));
    }

    @Test
    void shouldFailOfWhatItsSerdeDoesNotKnowAsTheProjectionDoes() {
        StreamId ann = StreamId.of("people", "ann");
        log.add(new RecordedEvent(0, ann, 0, "odd", 0, 0, EventHeaders.NONE, new byte[0]));
        assertThrows(SerdeException.class, () -> VIEW.load("ann", log));
    }

    @Test
    void shouldSayWhichEventsItTakesOfWhichCategory() {
        String said = VIEW.projection("people", 1).topology().describe();
        assertTrue(
                said.contains(
                        "(stores: [people-rows, people-rows/on orders/cancelled, people-rows/on"
                                + " orders/placed, people-rows/on people/left, people-rows/on"
                                + " people/named])"),
                said);
        assertEquals("View[people, orders]", VIEW.toString());
    }

    @Test
    void shouldBeDividedByItsKeys() {
        VIEW.projection("people", 1).topology().checkPartitionable();
    }

    @Test
    void shouldRefuseACategoryTwiceAndNone() {
        assertThrows(
                IllegalArgumentException.class,
                () -> VIEW.over("people", PEOPLE, (person, event) -> person));
        View<Object, String, Person> none =
                View.of(PERSON, Materialized.as(ROWS, Serdes.utf8(), Serdes.json(Person.class)));
        assertThrows(TopologyException.class, () -> none.projection("people", 1));
        assertEquals(Optional.empty(), none.load("ann", log));
    }
}
