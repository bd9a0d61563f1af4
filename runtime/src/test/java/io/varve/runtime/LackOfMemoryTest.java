package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Consumed;
import io.varve.projections.Grouped;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.Category;
import io.varve.store.ExpectedVersion;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory that runs out while an event is decoded says nothing about the event. */
class LackOfMemoryTest extends RuntimeTestBase {
    private static final AtomicInteger LEFT = new AtomicInteger();
    private static final StoreRef<String, Long> SUMS = StoreRef.of("sums");

    record Amount(long cents) {
        Amount {
            if (cents == 7 && LEFT.getAndDecrement() > 0) {
                throw new OutOfMemoryError("made up");
            }
        }
    }

    private static final EventSerde<Amount> AMOUNTS =
            EventSerde.of(Amount.class).json("Amount", Amount.class).build();

    private static Projection sums(String name) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("amounts", Consumed.with(AMOUNTS))
                .groupByKey(Grouped.keySerde(Serdes.utf8()))
                .aggregate(
                        () -> 0L,
                        (key, amount, sum) -> sum + amount.cents(),
                        Materialized.as(SUMS, Serdes.utf8(), Serdes.int64()));
        return Projection.of(name, 1, builder.build());
    }

    @Test
    void shouldReadTheLogOnHoweverItIsToldThatMemoryIsLacking() throws Exception {
        AtomicInteger left = new AtomicInteger(1);
        SliceReader log =
                new SliceReader() {
                    @Override
                    public long head() {
                        if (left.getAndDecrement() > 0) {
                            throw new IllegalStateException(new OutOfMemoryError("made up"));
                        }
                        return -1;
                    }

                    @Override
                    public EventSlice read(long from) {
                        throw new AssertionError("there is nothing");
                    }
                };
        CountDownLatch waits = new CountDownLatch(1);
        EventRing ring = new EventRing(2);
        LogTailer tailer = new LogTailer(log, ring, (thread, position) -> waits.countDown());
        Thread tailing = new Thread(tailer);
        tailing.start();
        while (tailing.isAlive() && waits.getCount() > 0) {
            Polling.pause();
        }
        assertEquals(Optional.empty(), ring.failure());
        tailer.stop();
        tailing.join();
    }

    @Test
    void shouldDecodeAgainWhatMemoryRanOutFor() throws Exception {
        ProjectionRuntime runtime =
                runtime(RuntimeConfig.defaults(), sums("sums"), sums("sums-too"));
        runtime.start();
        Category<Amount> amounts = store.category("amounts", AMOUNTS);
        amounts.append("a", new Amount(1));
        for (String name : List.of("sums", "sums-too")) {
            assertTrue(runtime.awaitPosition(name, 0, Notes.LONG));
            assertTrue(runtime.awaitLive(name, Notes.LONG));
        }
        List<Amount> more = List.of(new Amount(6), new Amount(7), new Amount(8));
        LEFT.set(1);
        amounts.append("a", ExpectedVersion.any(), more);
        for (String name : List.of("sums", "sums-too")) {
            PositionBound all = PositionBound.at(store.head());
            try (ReadView view = runtime.readView(name, all, Notes.LONG)) {
                assertEquals(22, view.store(SUMS).get("a").orElseThrow());
            }
            assertEquals(0, runtime.deadLetters(name).list().size());
        }
        assertTrue(LEFT.get() <= 0);
    }

    private static Projection hungry(AtomicInteger left) {
        return Notes.digest(
                "hungry",
                Notes.serde(),
                note -> {
                    if (note.number() == 3 && left.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("made up");
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldGoOnWhereOthersHadUsedUpTheMemory(int partitions) throws Exception {
        AtomicInteger left = new AtomicInteger(2);
        ProjectionRuntime runtime =
                closing(
                        ProjectionRuntime.builder(store, folder.resolve("models"))
                                .add(
                                        hungry(left),
                                        ProjectionConfig.defaults()
                                                .withPartitions(partitions)
                                                .withErrorPolicy(ErrorPolicy.fail()))
                                .build());
        append(1, 0, 10);
        runtime.start();
        assertComplete(runtime, "hungry");
        append(1, 10, 10);
        assertComplete(runtime, "hungry");
        assertTrue(left.get() < 0);
        assertEquals(Optional.empty(), runtime.status("hungry").failure());
        assertEquals(Optional.empty(), runtime.status("hungry").retry());
        assertEquals(0, runtime.deadLetters("hungry").count().retriable());
    }

    @Test
    void shouldFailWhereMemoryIsNeverEnough() throws Exception {
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        ProjectionRuntime runtime = runtime(RuntimeConfig.defaults(), hungry(left));
        append(1, 0, 10);
        runtime.start();
        while (runtime.status("hungry").retry().isEmpty()) {
            Polling.pause();
        }
        assertEquals(ProjectionActivity.RETRYING, runtime.status("hungry").activity());
        assertEquals(Health.Status.DEGRADED, runtime.health().status());
        states.awaitFailure("hungry");
        assertTrue(Integer.MAX_VALUE - left.get() >= 5, "it was tried again");
        left.set(0);
        runtime.resume("hungry");
        assertComplete(runtime, "hungry");
    }

    @Test
    void shouldStopWhileItWaitsForMemory() throws Exception {
        ProjectionRuntime runtime =
                runtime(RuntimeConfig.defaults(), hungry(new AtomicInteger(Integer.MAX_VALUE)));
        append(1, 0, 10);
        runtime.start();
        while (runtime.status("hungry").retry().isEmpty()) {
            Polling.pause();
        }
        runtime.pause("hungry");
        assertEquals(ProjectionState.PAUSED, runtime.status("hungry").state());
        assertEquals(Optional.empty(), runtime.status("hungry").failure());
    }
}
