package io.varve.projections;

import static java.time.Duration.ofMillis;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.TextStreams.Text;
import io.varve.projections.testing.EmittedRecord;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.EventHeaders;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class HeadersTest {
    private static final StoreRef<String, String> SEEN = StoreRef.of("seen");
    private static final StoreRef<String, Long> COUNTS = StoreRef.of("counts");
    private static final UUID ID = new UUID(1, 2);
    private static final EventHeaders GIVEN =
            EventHeaders.NONE
                    .withEventId(ID)
                    .withCorrelation("talk")
                    .withCausation("before")
                    .withUser(Map.of("tenant", "acme", "b", "2"));
    private static final EventHeaders OTHER = EventHeaders.NONE.withUser(Map.of("set", "here"));

    private static final EventSerde<Out> OUT =
            EventSerde.of(Out.class).json("out", Out.class).build();

    record Out(String text) {}

    /** Forwards each record twice: with other headers, and then as it is. */
    private static final class Setting implements Processor<String, String, String, String> {
        private ProcessorContext<String, String> context;

        @Override
        public void init(ProcessorContext<String, String> given) {
            context = given;
            assertThrows(IllegalStateException.class, given::headers);
        }

        @Override
        public void process(Record<String, String> record) {
            assertEquals(record.headers(), context.headers());
            context.forward(record.withHeaders(OTHER).withKey("set"));
            assertEquals(record.headers(), context.headers());
            context.forward(record.withKey("kept"));
            context.forward(new Record<>("new", record.value(), record.timestamp()));
        }
    }

    /** Notes the headers of records. */
    private static final class Noting implements FixedKeyProcessor<String, String, String> {
        private FixedKeyProcessorContext<String, String> context;
        private KeyValueStore<String, String> seen;

        @Override
        public void init(FixedKeyProcessorContext<String, String> given) {
            context = given;
            seen = given.store(SEEN);
        }

        @Override
        public void process(FixedKeyRecord<String, String> record) {
            EventHeaders headers = record.headers();
            seen.put(
                    record.key(),
                    headers.correlation().orElse("-")
                            + " "
                            + headers.user().getOrDefault("tenant", "-")
                            + " "
                            + headers.user().getOrDefault("set", "-"));
            context.forward(record.withHeaders(headers));
        }
    }

    private static TextStreams texts() {
        return new TextStreams();
    }

    private static EventStream<String, String> noted(
            TextStreams texts, EventStream<String, String> stream) {
        texts.builder.addStateStore(Materialized.as(SEEN, Serdes.utf8(), Serdes.utf8()));
        return stream.processValues(Noting::new, Named.as("noting"), SEEN);
    }

    private static TopologyTestDriver driver(TextStreams texts) {
        return new TopologyTestDriver(Projection.of("headers", 1, texts.builder.build()));
    }

    @Test
    void shouldGiveHeadersToProcessorsAndKeepWhatTheySet() {
        TextStreams texts = texts();
        noted(
                texts,
                texts.stream("in")
                        .filter((key, text) -> true)
                        .process(Setting::new, Named.as("setting")));
        try (TopologyTestDriver driver = driver(texts)) {
            driver.pipe("in", "a", new Text("t"), 1, GIVEN);
            assertEquals(Optional.of("talk acme -"), driver.store(SEEN).get("kept"));
            assertEquals(Optional.of("- - here"), driver.store(SEEN).get("set"));
            assertEquals(Optional.of("- - -"), driver.store(SEEN).get("new"));
            driver.pipe("in", "a", new Text("t"), 2);
            assertEquals(Optional.of("- - -"), driver.store(SEEN).get("kept"));
            driver.assertRebuildMatches();
        }
    }

    /** What a processor has set for a record that failed is not there for the next event. */
    @Test
    void shouldForgetHeadersOfARecordThatFailed() {
        TextStreams texts = texts();
        noted(
                texts,
                texts.stream("in")
                        .process(Setting::new, Named.as("setting"))
                        .peek(
                                (key, text) -> {
                                    if (text.equals("bad")) {
                                        throw new IllegalStateException("bad");
                                    }
                                })
                        .filter((key, text) -> !key.equals("set")));
        try (TopologyTestDriver driver = driver(texts)) {
            assertThrows(
                    ProjectionException.class, () -> driver.pipe("in", "a", new Text("bad"), 1));
            driver.pipe("in", "a", new Text("t"), 2, GIVEN);
            assertEquals(Optional.of("talk acme -"), driver.store(SEEN).get("kept"));
        }
    }

    private static EventHeaders emitted(
            BiFunction<TextStreams, EventStream<String, String>, EventStream<String, String>>
                    steps) {
        TextStreams texts = texts();
        steps.apply(texts, texts.stream("in"))
                .mapValues(text -> new Out(text))
                .to("out", Produced.with(OUT));
        try (TopologyTestDriver driver = driver(texts)) {
            driver.pipe("in", "a", new Text("t"), 1, GIVEN);
            driver.crash();
            driver.assertRebuildMatches();
            List<EmittedRecord<Out>> all = driver.emitted("out", Out.class);
            return all.get(0).headers();
        }
    }

    @Test
    void shouldEmitWithHeadersOfTheRecordAndTheEventAsTheCause() {
        EventHeaders expected =
                EventHeaders.NONE
                        .withCorrelation("talk")
                        .withCausation(ID.toString())
                        .withUser(GIVEN.user());
        assertEquals(expected, emitted((texts, stream) -> stream));
        assertEquals(expected, emitted(HeadersTest::noted));
    }

    @Test
    void shouldEmitWithTheHeadersThatAProcessorHasSet() {
        assertEquals(
                OTHER,
                emitted((texts, stream) -> stream.process(Setting::new, Named.as("setting"))));
    }

    private static EventHeaders emittedLate(
            BiFunction<TextStreams, EventStream<String, String>, EventStream<String, String>>
                    steps) {
        TextStreams texts = texts();
        steps.apply(texts, texts.stream("in"))
                .toTable(TextStreams.kept("rows"))
                .suppress(Suppressed.untilTimeLimit(ofMillis(10), TextStreams.kept("held")))
                .toStream()
                .mapValues(text -> new Out(text))
                .to("out", Produced.with(OUT));
        try (TopologyTestDriver driver = driver(texts)) {
            driver.pipe("in", "a", new Text("t"), 1, GIVEN);
            driver.crash();
            EventHeaders late = EventHeaders.NONE.withUser(Map.of("tenant", "other"));
            driver.pipe("in", "b", new Text("t"), 20, late);
            driver.assertRebuildMatches();
            return driver.emitted("out", Out.class).get(0).headers();
        }
    }

    /** Not those of the event that it was due with, which is of another tenant. */
    @Test
    void shouldKeepTheHeadersOfWhatIsHeldBackAndTheEventThatWasItsCause() {
        assertEquals(
                EventHeaders.NONE
                        .withCorrelation("talk")
                        .withCausation(ID.toString())
                        .withUser(GIVEN.user()),
                emittedLate((texts, stream) -> stream));
        assertEquals(
                OTHER,
                emittedLate(
                        (texts, stream) ->
                                stream.process(Setting::new, Named.as("setting"))
                                        .filter((key, text) -> key.equals("set"))
                                        .selectKey((key, text) -> "a" + key)));
    }

    @Test
    void shouldKeepTheHeadersOfARecordThatWaitsToBeJoined() {
        TextStreams texts = texts();
        Table<String, String> rows =
                texts.stream("rows").toTable(TextStreams.kept("rows").versioned(ofMillis(50)));
        StoreRef<String, String> waiting = StoreRef.of("waiting");
        texts.stream("in")
                .leftJoin(
                        rows,
                        (text, row) -> new Out(text),
                        Joined.withGracePeriod(ofMillis(10), waiting, Serdes.utf8(), Serdes.utf8()))
                .to("out", Produced.with(OUT));
        try (TopologyTestDriver driver = driver(texts)) {
            driver.pipe("in", "a", new Text("t"), 1, GIVEN);
            driver.crash();
            driver.pipe("in", "b", new Text("t"), 20);
            driver.pipe("in", "c", new Text("t"), 40, GIVEN);
            driver.assertRebuildMatches();
            List<EmittedRecord<Out>> all = driver.emitted("out", Out.class);
            assertEquals(Optional.of("talk"), all.get(0).headers().correlation());
            assertEquals(Optional.of(ID.toString()), all.get(0).headers().causation());
            assertEquals(EventHeaders.NONE, all.get(1).headers());
        }
    }

    @Test
    void shouldHaveNoHeadersWhereWhatIsHeldBackHadNone() {
        assertEquals(
                EventHeaders.NONE,
                emittedLate(
                        (texts, stream) ->
                                stream.process(Setting::new, Named.as("setting"))
                                        .filter((key, text) -> key.equals("new"))));
    }

    /** An emitted event is read with its id. */
    @Test
    void shouldGiveItsIdToAnEmittedEvent() {
        TextStreams texts = texts();
        texts.stream("in").mapValues(text -> new Out(text)).to("out", Produced.with(OUT));
        Projection emitting = Projection.of("emitting", 1, texts.builder.build());
        TextStreams second = texts();
        second.builder.stream("out", Consumed.with(OUT)).to("again", Produced.with(OUT));
        Projection again = Projection.of("again", 1, second.builder.build());
        try (TopologyTestDriver driver = new TopologyTestDriver(emitting, again)) {
            driver.pipe("in", "a", new Text("t"), 1, GIVEN);
            EmittedRecord<Out> first = driver.emitted("out", Out.class).get(0);
            EventHeaders next = driver.emitted("again", Out.class).get(0).headers();
            assertEquals(Optional.of(first.id().toString()), next.causation());
            assertEquals(Optional.of("talk"), next.correlation());
        }
    }

    @Test
    void shouldReadHeadersOnlyForProcessorsAndSinks() {
        TextStreams counting = new TextStreams();
        counting.stream("in")
                .groupByKey()
                .count(Materialized.as(COUNTS, Serdes.utf8(), Serdes.int64()));
        assertFalse(counting.builder.build().readsHeaders());
        TextStreams processing = texts();
        noted(processing, processing.stream("in"));
        assertTrue(processing.builder.build().readsHeaders());
        TextStreams emitting = texts();
        emitting.builder.stream("out", Consumed.with(OUT)).to("again", Produced.with(OUT));
        assertTrue(emitting.builder.build().readsHeaders());
    }
}
