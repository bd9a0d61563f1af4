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
        LogTailer tailer =
                new LogTailer(
                        log,
                        ring,
                        position -> {
                            waits.countDown();
                            new CountDownLatch(1).await(); // stop() interrupts it
                        });
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
}
