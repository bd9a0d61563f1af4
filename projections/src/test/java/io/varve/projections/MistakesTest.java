package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.TextStreams.Text;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What somebody does wrong who is new to the language is told, with what to do instead. */
class MistakesTest {
    private static final Materialized<String, String> ROWS = TextStreams.kept("rows");

    private final TextStreams texts = new TextStreams();
    private final EventStream<String, String> stream = texts.stream("in");

    private static void assertRefused(String part, Executable mistake) {
        String message = assertThrows(TopologyException.class, mistake).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** What was thrown as the cause of a failed event. */
    private Throwable causeOf() {
        try (TopologyTestDriver driver = texts.driver()) {
            return assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("in", "k", new Text("v"), 0))
                    .getCause();
        }
    }

    private void assertFails(String part) {
        Throwable cause = causeOf();
        assertTrue(cause.getMessage().contains(part), cause::toString);
    }

    @Test
    void shouldRefuseATableWithoutAName() {
        assertRefused("Give Materialized.as(StoreRef.of(name)", () -> stream.toTable(null));
        assertRefused(
                "A table needs a store with a name",
                () -> stream.groupByKey().reduce((one, two) -> two, null));
        assertThrows(
                IllegalArgumentException.class,
                () -> Materialized.as((StoreRef<String, String>) null));
    }

    @Test
    void shouldRefuseAStoreThatNoProcessorUses() {
        texts.builder.addStateStore(ROWS);
        assertRefused(
                "A store was added that no processor uses: stores=[rows]", texts.builder::build);
        stream.process(() -> record -> {}, ROWS.ref());
        assertTrue(texts.builder.build().stores().contains("rows"));
    }

    @Test
    void shouldRefuseAStoreThatIsAddedTwice() {
        texts.builder.addStateStore(ROWS);
        assertRefused(
                "The name is that of a store that was added: store=rows",
                () -> texts.builder.addStateStore(ROWS));
    }

    private static EventSerde<Text> another() {
        return EventSerde.of(Text.class).json("text", Text.class).build();
    }

    @Test
    void shouldRefuseTwoSerdesForWhatIsEmittedToACategory() {
        EventStream<String, Text> events = stream.mapValues(Text::new);
        events.to("out", Produced.with(TextStreams.SERDE));
        events.to("out", Produced.with(TextStreams.SERDE));
        texts.builder.build();
        events.to("out", Produced.with(another()));
        assertRefused("emitted to with two serdes", texts.builder::build);
    }

    @Test
    void shouldRefuseToEmitWithAnotherSerdeThanTheCategoryIsRead() {
        stream.mapValues(Text::new).to("in", Produced.with(another()));
        assertRefused("with another than it is read: category=in", texts.builder::build);
    }

    @Test
    void shouldRefuseAChainThatNoThreadHasRoomFor() throws InterruptedException {
        EventStream<String, String> last = stream;
        for (int i = 0; i < TopologyShape.MOST_IN_A_ROW - 3; i++) {
            last = last.filter((key, value) -> true);
        }
        last.toTable(ROWS);
        runInASmallThread();
        EventStream<String, String> end = last.filter((key, value) -> true);
        assertRefused("Too many nodes, one behind the other", () -> end.peek((k, v) -> {}));
    }

    private void runInASmallThread() throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Runnable run =
                () -> {
                    try (TopologyTestDriver driver = texts.driver()) {
                        driver.pipe("in", "k", new Text("v"), 0);
                    }
                };
        Thread thread = new Thread(null, run, "small", 512 * 1024);
        thread.setUncaughtExceptionHandler((one, what) -> thrown[0] = what);
        thread.start();
        thread.join();
        assertEquals(null, thrown[0]);
    }

    /** Each fork doubles the ways: all of them cannot be gone. */
    @Test
    void shouldBuildWhatForksManyTimes() {
        EventStream<String, String> last = stream.filter((key, value) -> false);
        for (int i = 0; i < 60; i++) {
            last = last.merge(last.mapValues(value -> value));
        }
        last.toTable(ROWS)
                .suppress(
                        Suppressed.untilTimeLimit(Duration.ofMillis(1), TextStreams.kept("held")));
        try (TopologyTestDriver driver = texts.driver()) {
            driver.pipe("in", "k", new Text("v"), 0);
            driver.assertRebuildMatches();
        }
    }

    @Test
    void shouldRefuseWindowsOfWhichARecordFallsIntoTooMany() {
        TimeWindows days = TimeWindows.ofSizeWithNoGrace(Duration.ofDays(365));
        assertThrows(IllegalArgumentException.class, () -> days.advanceBy(Duration.ofMillis(1)));
        days.advanceBy(Duration.ofMinutes(1));
    }

    @Test
    void shouldSayWhatAFunctionIsToReturnInsteadOfNull() {
        stream.flatMapValues(value -> (List<String>) null);
        assertFails("flatMapValues() needs a list, not null");
    }

    @Test
    void shouldSayWhatAListOfRecordsMustNotHold() {
        stream.flatMap((key, value) -> Collections.<KeyValue<String, String>>singletonList(null));
        assertFails("flatMap() needs a KeyValue, not null");
    }

    @Test
    void shouldSayThatASupplierHasMadeNothing() {
        stream.process(() -> (Processor<String, String, String, String>) null);
        assertRefused("the supplier has made no processor, but null", texts::driver);
    }

    @SuppressWarnings("unchecked") // which is how a checked exception gets through unseen
    private static <E extends Throwable> void throwAnyway(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Other languages let code throw it without a word. */
    @Test
    void shouldTakeACheckedExceptionForAFailureOfTheEvent() {
        stream.peek((key, value) -> MistakesTest.<RuntimeException>throwAnyway(new IOException()));
        assertInstanceOf(IOException.class, causeOf());
    }

    @Test
    void shouldRefuseCodeThatUsesTheDriverThatRunsIt() {
        TopologyTestDriver[] used = new TopologyTestDriver[1];
        stream.peek((key, value) -> used[0].crash()).toTable(ROWS);
        try (TopologyTestDriver driver = texts.driver()) {
            used[0] = driver;
            ProjectionException failed =
                    assertThrows(
                            ProjectionException.class,
                            () -> driver.pipe("in", "k", new Text("v"), 0));
            assertTrue(failed.getCause().getMessage().contains("cannot use the driver"));
            assertEquals(0, driver.store(ROWS.ref()).all().size());
        }
    }
}
