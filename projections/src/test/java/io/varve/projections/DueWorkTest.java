package io.varve.projections;

import static io.varve.projections.Told.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fails because its time has come is no fault of the event that let time go on. */
class DueWorkTest {
    private static final Serde<String> UTF8 = Serdes.utf8();
    private static final StoreRef<Windowed<String>, Long> COUNTS = StoreRef.of("counts");
    private static final StoreRef<Windowed<String>, Long> PENDING = StoreRef.of("pending");
    private static final StoreRef<String, String> LAST = StoreRef.of("last");
    private static final StoreRef<String, String> WAITING = StoreRef.of("waiting");
    private static final TimeWindows TEN = TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10));

    /** Cannot take what is of the key "bad". */
    private static <K, V> void refuseBad(EventStream<K, V> stream) {
        stream.foreach(
                (key, value) -> {
                    if (key.toString().contains("bad")) {
                        throw new IllegalStateException("on purpose");
                    }
                },
                Named.as("sink"));
    }

    private static EventStream<String, String> words(StreamsBuilder builder) {
        return builder.stream("words", Consumed.with(TEXT));
    }

    private static Table<String, String> last(StreamsBuilder builder) {
        return words(builder).toTable(Materialized.as(LAST, UTF8, UTF8));
    }

    private static void windows(StreamsBuilder builder) {
        refuseBad(
                Told.words(builder)
                        .windowedBy(TEN)
                        .count(Materialized.as(COUNTS))
                        .suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)))
                        .toStream());
    }

    private static void timeLimit(StreamsBuilder builder) {
        refuseBad(
                last(builder)
                        .suppress(
                                Suppressed.untilTimeLimit(
                                        Duration.ofMillis(10), Materialized.as(WAITING)))
                        .toStream());
    }

    private static void tooMany(StreamsBuilder builder) {
        refuseBad(
                last(builder)
                        .suppress(
                                Suppressed.untilTimeLimit(
                                        Duration.ofMillis(10),
                                        BufferConfig.maxRecords(1),
                                        Materialized.as(WAITING)))
                        .toStream());
    }

    private static void onClose(StreamsBuilder builder) {
        refuseBad(
                Told.words(builder)
                        .windowedBy(TEN)
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(Materialized.as(COUNTS))
                        .toStream());
    }

    private static void sessions(StreamsBuilder builder) {
        refuseBad(
                Told.words(builder)
                        .windowedBy(SessionWindows.ofInactivityGapWithNoGrace(Duration.ofMillis(5)))
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(Materialized.as(COUNTS))
                        .toStream());
    }

    private static void sliding(StreamsBuilder builder) {
        refuseBad(
                Told.words(builder)
                        .windowedBy(
                                SlidingWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(5)))
                        .emitStrategy(EmitStrategy.onWindowClose())
                        .count(Materialized.as(COUNTS))
                        .toStream());
    }

    private static void unmatched(StreamsBuilder builder) {
        words(builder)
                .leftJoin(
                        builder.stream("others", Consumed.with(TEXT)),
                        (key, left, right) -> {
                            if (key.equals("bad")) {
                                throw new IllegalStateException("on purpose");
                            }
                            return left;
                        },
                        JoinWindows.ofTimeDifferenceWithNoGrace(Duration.ofMillis(5)),
                        StreamJoined.with(StoreRef.of("join"), UTF8, UTF8, UTF8));
    }

    private static void graceJoin(StreamsBuilder builder) {
        EventStream<String, String> words = words(builder);
        refuseBad(
                words.leftJoin(
                        words.toTable(
                                Materialized.as(LAST, UTF8, UTF8).versioned(Duration.ofHours(1))),
                        (left, right) -> left,
                        Joined.withGracePeriod(
                                Duration.ofMillis(5), StoreRef.of("join"), UTF8, UTF8)));
    }

    private record Scheduling(PunctuationType type)
            implements ProcessorSupplier<String, String, String, String> {
        @Override
        public Processor<String, String, String, String> get() {
            return new Processor<>() {
                @Override
                public void init(ProcessorContext<String, String> context) {
                    context.schedule(
                            Duration.ofMillis(15),
                            type,
                            time -> {
                                if (time >= 15) {
                                    context.forward(new Record<>("bad", "", time));
                                }
                            });
                }

                @Override
                public void process(Record<String, String> record) {}
            };
        }
    }

    private static void punctuator(StreamsBuilder builder) {
        refuseBad(
                words(builder)
                        .process(new Scheduling(PunctuationType.STREAM_TIME), Named.as("timer")));
    }

    /** Fails where it is written, not before. */
    private static final class Unwritable implements Serde<String> {
        @Override
        public void serialize(String value, BytesWriter out) {
            if (value.contains("bad")) {
                throw new IllegalStateException("on purpose");
            }
            UTF8.serialize(value, out);
        }

        @Override
        public String deserialize(BytesView in) {
            return UTF8.deserialize(in);
        }
    }

    static Stream<Consumer<StreamsBuilder>> all() {
        return Stream.of(
                DueWorkTest::windows,
                DueWorkTest::timeLimit,
                DueWorkTest::tooMany,
                DueWorkTest::onClose,
                DueWorkTest::sessions,
                DueWorkTest::sliding,
                DueWorkTest::unmatched,
                DueWorkTest::graceJoin,
                DueWorkTest::punctuator);
    }

    private static TopologyTestDriver driver(Consumer<StreamsBuilder> topology) {
        StreamsBuilder builder = new StreamsBuilder();
        topology.accept(builder);
        return new TopologyTestDriver(builder.build());
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldBlameNoEventForWhatIsDue(Consumer<StreamsBuilder> topology) {
        try (TopologyTestDriver driver = driver(topology)) {
            driver.pipe("words", "bad", "x", 1);
            for (int i = 0; i < 2; i++) {
                DueWorkException e =
                        assertThrows(
                                DueWorkException.class,
                                () -> driver.pipe("words", "innocent", "x", 20));
                assertEquals(1, e.position());
                assertEquals("on purpose", e.getCause().getMessage());
                assertTrue(e.dueMillis().getAsLong() <= 20, e.getMessage());
                assertTrue(e.dueMillis().getAsLong() >= 0, e.getMessage());
            }
        }
    }

    @Test
    void shouldSayWhatWasDueWhereAndWhen() {
        try (TopologyTestDriver driver = driver(DueWorkTest::windows)) {
            driver.pipe("words", "bad", "x", 1);
            DueWorkException e =
                    assertThrows(
                            DueWorkException.class,
                            () -> driver.pipe("words", "innocent", "x", 20));
            assertEquals("sink", e.node());
            assertTrue(e.dueIn().orElseThrow().toLowerCase().contains("suppress"), e.getMessage());
            assertTrue(e.key().orElseThrow().contains("bad"), e.getMessage());
            assertEquals(OptionalLong.of(10), e.dueMillis());
            assertTrue(e.getMessage().contains("go on") || e.getMessage().contains("goes on"));
        }
    }

    @Test
    void shouldBlameNoTickForWhatIsDue() {
        StreamsBuilder builder = new StreamsBuilder().withTicks();
        refuseBad(
                words(builder)
                        .process(
                                new Scheduling(PunctuationType.WALL_CLOCK_TIME),
                                Named.as("timer")));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("words", "a", "x", 1);
            driver.advanceWallClockTime(Duration.ofMillis(1));
            DueWorkException e =
                    assertThrows(
                            DueWorkException.class,
                            () -> driver.advanceWallClockTime(Duration.ofMillis(20)));
            assertEquals(Optional.of("timer"), e.dueIn());
            assertEquals(Optional.empty(), e.key());
        }
    }

    /** Without it nothing would fail: that of the next event is another's. */
    @Test
    void shouldBlameTheEventForWhatIsToldOfItsOwnKey() {
        try (TopologyTestDriver driver = driver(DueWorkTest::timeLimit)) {
            driver.pipe("words", "good", "x", 1);
            driver.pipe("words", "bad", "x", 2);
            ProjectionException e =
                    assertThrows(
                            ProjectionException.class, () -> driver.pipe("words", "bad", "x", 13));
            assertEquals(2, e.position());
        }
    }

    /** Such a row may be changed by many events, and by what they let happen. */
    @Test
    void shouldBlameNoEventForARowThatWhatIsDueHasChanged() {
        StreamsBuilder builder = new StreamsBuilder();
        Told.words(builder)
                .windowedBy(TEN)
                .count(Materialized.as(COUNTS))
                .suppress(Suppressed.untilWindowCloses(Materialized.as(PENDING)))
                .toStream()
                .map((key, count) -> new KeyValue<>("all", key.key()))
                .toTable(Materialized.as(LAST, UTF8, new Unwritable()));
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build()).commitEvery(9)) {
            driver.pipe("words", "bad", "x", 1);
            driver.pipe("words", "innocent", "x", 20);
            DueWorkException e = assertThrows(DueWorkException.class, driver::commit);
            assertEquals(1, e.position());
            assertEquals(Optional.empty(), e.dueIn());
        }
    }

    @Test
    void shouldBlameAnEventBehindAFailureThatItsProcessorHasCaught() {
        StreamsBuilder builder = new StreamsBuilder();
        EventStream<String, String> words = words(builder);
        words.process(
                        () ->
                                new Processor<String, String, String, String>() {
                                    private ProcessorContext<String, String> context;

                                    @Override
                                    public void init(ProcessorContext<String, String> given) {
                                        context = given;
                                        given.schedule(
                                                Duration.ofMillis(15),
                                                PunctuationType.STREAM_TIME,
                                                this::forwardBad);
                                    }

                                    private void forwardBad(long time) {
                                        try {
                                            context.forward(new Record<>("bad", "", time));
                                        } catch (DueWorkException e) {
                                            return;
                                        }
                                    }

                                    @Override
                                    public void process(Record<String, String> record) {
                                        context.forward(record);
                                    }
                                },
                        Named.as("timer"))
                .foreach(
                        (key, value) -> {
                            if (key.equals("bad")) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build())) {
            driver.pipe("words", "good", "x", 20);
            assertThrows(ProjectionException.class, () -> driver.pipe("words", "bad", "x", 21));
        }
    }
}
