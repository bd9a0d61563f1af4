package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.TextStreams.Text;
import io.varve.projections.testing.EmittedRecord;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkTest {
    private static final EventSerde<Counted> COUNTED =
            EventSerde.of(Counted.class).json("counted", Counted.class).build();
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<String, Long> SEEN = StoreRef.of("seen");

    /** How many texts a key has had. */
    record Counted(long count) {}

    private static Produced<String, Counted> sink() {
        return Produced.with(COUNTED).withName("out");
    }

    private static Projection counting() {
        TextStreams texts = new TextStreams();
        texts.stream("in")
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()))
                .toStream()
                .mapValues(Counted::new)
                .to("counted", sink());
        return Projection.of("counting", 1, texts.builder.build());
    }

    private static Projection reading() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("counted", Consumed.with(COUNTED))
                .groupByKey()
                .<Long>aggregate(
                        () -> 0L,
                        (key, event, sum) -> sum * 10 + event.count(),
                        Materialized.as(SEEN, Serdes.utf8(), Serdes.int64()));
        return Projection.of("reading", 1, builder.build());
    }

    private static List<String> emitted(TopologyTestDriver driver) {
        List<String> texts = new ArrayList<>();
        for (EmittedRecord<Counted> one : driver.emitted("counted", Counted.class)) {
            texts.add(one.key() + "=" + one.event().count() + "@" + one.eventTimeMillis());
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void shouldEmitOnceAndInOrderOverCrashesAndAnyCommits(int commitEvery) {
        try (TopologyTestDriver driver =
                new TopologyTestDriver(counting()).commitEvery(commitEvery)) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                driver.pipe("in", "k" + i % 3, new Text("t"), 100 + i);
                expected.add("k" + i % 3 + "=" + (i / 3 + 1) + "@" + (100 + i));
                driver.crash();
                if (i % 5 == 4) {
                    driver.commit();
                    driver.crash();
                }
            }
            assertEquals(expected, emitted(driver));
            driver.crash();
            assertEquals(expected, emitted(driver));
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldGiveTheSameIdsWhereverItIsCrashed() {
        List<UUID> ids = new ArrayList<>();
        for (boolean crashing : new boolean[] {false, true}) {
            try (TopologyTestDriver driver = new TopologyTestDriver(counting())) {
                if (crashing) {
                    driver.crashAfterEachCommit();
                }
                driver.pipe("in", "a", new Text("t"));
                driver.pipe("in", "a", new Text("t"));
                driver.emitted("counted", Counted.class).forEach(one -> ids.add(one.id()));
            }
        }
        assertEquals(4, ids.size());
        assertEquals(ids.subList(0, 2), ids.subList(2, 4));
        assertNotEquals(ids.get(0), ids.get(1));
        // Of projection, node, position and number: what others have stored must stay good. The
        // second text is at 2, behind the event that was emitted for the first.
        String name = "counting\nout\n2\n0";
        assertEquals(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)), ids.get(1));
    }

    @Test
    void shouldPipeWhatIsEmittedToThoseWhoReadIt() {
        try (TopologyTestDriver driver = new TopologyTestDriver(reading(), counting())) {
            driver.crashAfterEachCommit();
            driver.pipe("in", "a", new Text("t"));
            driver.pipe("in", "a", new Text("t"));
            assertEquals(4, driver.pipe("in", "b", new Text("t")));
            assertEquals(12L, driver.store(SEEN).get("a").orElseThrow());
            assertEquals(1L, driver.store(SEEN).get("b").orElseThrow());
            driver.crash();
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldSeeItsOwnEventsUntilItComesToAnEnd() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("counted", Consumed.with(COUNTED))
                .filter((key, event) -> event.count() > 0)
                .mapValues(event -> new Counted(event.count() - 1))
                .to("counted", sink());
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("counted", "k", new Counted(3), 7);
            assertEquals(List.of("k=2@7", "k=1@7", "k=0@7"), emitted(driver));
            driver.crash();
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldNumberWhatOneEventEmits() {
        TextStreams texts = new TextStreams();
        EventStream<String, Counted> all =
                texts.stream("in")
                        .<Counted>flatMapValues(text -> List.of(new Counted(1), new Counted(2)));
        all.to("counted", sink());
        all.to("others", Produced.with(COUNTED));
        try (TopologyTestDriver driver = texts.driver()) {
            driver.pipe("in", "a", new Text("t"));
            assertEquals(List.of("a=1@0", "a=2@0"), emitted(driver));
            assertEquals(2, driver.emitted("others", Counted.class).size());
            List<UUID> ids = new ArrayList<>();
            driver.emitted("counted", Counted.class).forEach(one -> ids.add(one.id()));
            driver.emitted("others", Counted.class).forEach(one -> ids.add(one.id()));
            assertEquals(4, ids.stream().distinct().count());
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldGiveOutWholePositionsToBeAppended() {
        Topology topology = counting().topology();
        try (StateEnvironment environment = StateEnvironment.inMemory(topology.tables());
                ProjectionTask task = new ProjectionTask(topology, environment)) {
            for (long i = 0; i < 4; i++) {
                process(task, i);
            }
            task.commit(new Checkpoint(new UUID(0, 0), 0, 3, 0));
            assertEquals(List.of(0L), waiting(environment, -1, 1));
            assertEquals(List.of(0L, 1L, 2L, 3L), waiting(environment, -1, 1 << 20));
            assertEquals(List.of(2L), waiting(environment, 1, 1));
            task.appended(1);
            process(task, 4);
            task.commit(new Checkpoint(new UUID(0, 0), 0, 4, 0));
            // What was appended is gone.
            assertEquals(List.of(2L, 3L, 4L), waiting(environment, -1, 1 << 20));
            process(task, 5);
            task.abandon();
            task.appended(6);
            process(task, 5);
            process(task, 6);
            process(task, 7);
            task.commit(new Checkpoint(new UUID(0, 0), 0, 7, 0));
            assertEquals(List.of(7L), waiting(environment, -1, 1 << 20));
            assertThrows(IllegalStateException.class, () -> task.processLate(event(7)));
        }
    }

    private static void process(ProjectionTask task, long position) {
        task.process(event(position));
    }

    private static SourceEvent event(long position) {
        return SourceEvent.of(position, StreamId.of("in", "k"), position, "text", 0, new Text("t"));
    }

    private static List<Long> waiting(StateEnvironment environment, long after, int enough) {
        try (StateView view = environment.view()) {
            return Outbox.next(view, after, enough).stream().map(EmittedEvent::position).toList();
        }
    }

    @Test
    void shouldRefuseRecordsWithoutKeyOrValueOrWhoseKeyNoLogTakes() {
        TextStreams texts = new TextStreams();
        texts.stream("in")
                .selectKey(
                        (key, text) ->
                                key.equals("none")
                                        ? null
                                        : key.equals("long") ? "k".repeat(5000) : key)
                .mapValues(text -> text == null ? null : new Counted(1))
                .to("counted", sink());
        try (TopologyTestDriver driver = texts.driver()) {
            for (String key : List.of("none", "long")) {
                ProjectionException e =
                        assertThrows(
                                ProjectionException.class,
                                () -> driver.pipe("in", key, new Text("t")));
                assertEquals("out", e.node());
            }
            ProjectionException e =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("in", "k", new Text(null)));
            assertInstanceOf(IllegalArgumentException.class, e.getCause());
            assertEquals(List.of(), emitted(driver));
        }
    }

    @Test
    void shouldShowTheSinkAsKafkaStreamsDoes() {
        String text = counting().topology().describe();
        assertTrue(
                text.contains(
                        "    Sink: out (topic: counted)\n      <-- KSTREAM-MAPVALUES-0000000004\n\n"),
                text);
        assertTrue(counting().topology().toMermaid().contains("counted<br>out"));
    }

    @Test
    void shouldShowWhatItWritesAndWhereTo() {
        String text = counting().topology().describeSerdes();
        assertTrue(
                text.endsWith(
                        "sink out category=counted [counted=json Counted Counted{count:long}]\n"),
                text);
    }

    @Test
    void shouldBeRefusedInSeveralPartitions() {
        TopologyException e =
                assertThrows(
                        TopologyException.class, () -> counting().topology().checkPartitionable());
        assertTrue(e.getMessage().contains("category=counted"), e.getMessage());
    }

    @Test
    void shouldTellWhereARebuildEmitsSomethingElse() {
        AtomicLong impure = new AtomicLong();
        TextStreams texts = new TextStreams();
        texts.stream("in")
                .mapValues(text -> new Counted(impure.incrementAndGet()))
                .to("counted", sink());
        try (TopologyTestDriver driver = texts.driver()) {
            driver.pipe("in", "a", new Text("t"));
            AssertionError e = assertThrows(AssertionError.class, driver::assertRebuildMatches);
            assertTrue(e.getMessage().startsWith("A rebuild emits other events"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseToShowWhatNobodyEmits() {
        try (TopologyTestDriver driver = new TopologyTestDriver(counting())) {
            driver.pipe("in", "a", new Text("t"));
            assertThrows(IllegalArgumentException.class, () -> driver.emitted("in", Counted.class));
            assertThrows(
                    IllegalArgumentException.class, () -> driver.emitted("counted", String.class));
        }
    }
}
