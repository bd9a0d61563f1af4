package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.SourceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedSlicesTest extends RuntimeTestBase {
    private static final int SLICE = 8;
    private static final int EVENTS = 400;
    private static final int MORE = 3_000;
    private static final RuntimeConfig CONFIG =
            new RuntimeConfig(
                    2,
                    SLICE,
                    1 << 20,
                    1_000,
                    1_000,
                    RuntimeConfig.defaults().commitInterval(),
                    RuntimeConfig.defaults().shutdownTimeout(),
                    RuntimeConfig.defaults().viewLimit(),
                    RuntimeConfig.defaults().stuckAfter(),
                    RuntimeConfig.defaults().healthyLag(),
                    RuntimeConfig.defaults().tickInterval());

    private final CountedSerde counted = new CountedSerde();
    private SharedSlices shared = new SharedSlices(1, System::nanoTime);
    private final Sources sources = new Sources();
    private Sources.Decoders decoders;

    @BeforeEach
    void fill() {
        append(1, 0, EVENTS);
        decoders = sources.add(Notes.digest("any", counted, NOTHING).topology());
    }

    private SliceReader unbegun() {
        StoreSliceReader log = new StoreSliceReader(store, () -> decoders, CONFIG);
        return shared.reader(log, decoders.numbers());
    }

    private SliceReader reader() {
        SliceReader reader = unbegun();
        reader.beginCatchUp();
        return reader;
    }

    private static List<Long> positions(SliceReader reader, long from) {
        List<Long> all = new ArrayList<>();
        for (long next = from; next <= reader.head(); ) {
            EventSlice slice = reader.read(next);
            assertEquals(next, slice.first());
            assertTrue(slice.last() >= next);
            for (EventSlice.Entry entry : slice.entries()) {
                SourceEvent event = (EventSlice.Decoded) entry;
                assertEquals(event.position(), entry.position());
                all.add(entry.position());
            }
            next = slice.last() + 1;
        }
        return all;
    }

    private static List<Long> range(long from) {
        List<Long> all = new ArrayList<>();
        for (long at = from; at < EVENTS; at++) {
            all.add(at);
        }
        return all;
    }

    @Test
    void shouldDecodeAnEventOnceForThoseWhoReadAtTheSameTime() {
        SliceReader one = reader();
        SliceReader two = reader();
        for (long next = 0; next < EVENTS; ) {
            EventSlice slice = one.read(next);
            assertSame(slice, two.read(next));
            next = slice.last() + 1;
        }
        assertEquals(EVENTS, counted.reads.get());
    }

    @Test
    void shouldComeTogetherFromPlacesThatAreNoBoundaries() {
        SliceReader one = reader();
        SliceReader two = reader();
        long first = one.read(3).last() + 1;
        long second = two.read(5).last() + 1;
        assertEquals(SLICE, first);
        assertEquals(SLICE, second);
        assertSame(one.read(first), two.read(second));
    }

    @Test
    void shouldKeepHardlyAnythingForOneWhoIsAlone() {
        append(2, EVENTS, MORE);
        SliceReader one = reader();
        for (long next = 0; next < EVENTS + MORE; ) {
            next = one.read(next).last() + 1;
            assertTrue(shared.size() <= 2, () -> "size=" + shared.size());
        }
        one.endCatchUp();
        assertEquals(0, shared.size());
    }

    @Test
    void shouldKeepNothingWhenTheLastHasLeft() {
        SliceReader one = reader();
        SliceReader two = reader();
        one.read(0);
        two.read(0);
        one.endCatchUp();
        assertEquals(1, shared.size());
        two.endCatchUp();
        two.endCatchUp();
        assertEquals(0, shared.size());
        assertEquals(0, two.read(0).first());
        assertEquals(0, shared.size());
    }

    @Test
    void shouldHandOnAlsoWhatCouldNotBeDecoded() {
        SliceReader one = reader();
        SliceReader two = reader();
        counted.hook =
                count -> {
                    throw new IllegalStateException("on purpose");
                };
        EventSlice poisoned = one.read(0);
        assertInstanceOf(EventSlice.Poison.class, poisoned.entries().get(0));
        assertSame(poisoned, two.read(0));
        assertEquals(SLICE, counted.reads.get());
    }

    /** The last ones, too, less than a slice, which are read once seats are taken. */
    @Test
    void shouldDecodeAnEventOnceUpToTheRing() {
        append(2, EVENTS, SLICE / 2);
        EventRing ring = new EventRing(4);
        List<EventFeed> feeds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            feeds.add(new EventFeed(unbegun(), ring, decoders.numbers(), 0, SLICE));
        }
        while (!feeds.stream().allMatch(EventFeed::isLive)) {
            for (EventFeed feed : feeds) {
                if (!feed.isLive() && feed.step() == EventFeed.Step.SLICE) {
                    feed.applied();
                }
            }
        }
        assertEquals(EVENTS + SLICE / 2, counted.reads.get());
        assertEquals(0, shared.size());
    }

    @Test
    void shouldWaitForNobodyWhoIsStuck() throws Exception {
        SliceReader stuck = reader();
        SliceReader other = reader();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        counted.hook =
                count -> {
                    if (count == 1) {
                        begun.complete(null);
                        end.join();
                    }
                };
        CompletableFuture<List<Long>> late =
                CompletableFuture.supplyAsync(() -> positions(stuck, 0));
        begun.join();
        try {
            assertEquals(range(0), positions(other, 0));
        } finally {
            end.complete(null);
        }
        assertEquals(range(0), late.get());
    }

    @Test
    void shouldGoOnWhereAnotherStandsStill() {
        append(2, EVENTS, MORE);
        SliceReader still = reader();
        SliceReader other = reader();
        EventSlice first = still.read(0);
        assertSame(first, other.read(0));
        assertEquals(EVENTS + MORE - SLICE, positions(other, SLICE).size());
        assertEquals(EVENTS + MORE - SLICE, positions(still, SLICE).size());
    }

    @Test
    void shouldNotLoseWhatOthersShareToOneWhoComesLater() {
        append(2, EVENTS, MORE);
        SliceReader one = reader();
        SliceReader two = reader();
        SliceReader late = reader();
        long next = 0;
        for (long from = EVENTS; from < EVENTS + MORE; ) {
            EventSlice slice = one.read(from);
            for (int i = 0; i < 3 && next < EVENTS; i++) {
                next = late.read(next).last() + 1;
            }
            assertSame(slice, two.read(from));
            from = slice.last() + 1;
        }
    }

    /** With a clock that stands still, patience has no end. */
    @Test
    void shouldDecodeAnEventOnceHoweverThreadsAreScheduled() throws Exception {
        append(2, EVENTS, MORE);
        shared = new SharedSlices(1, () -> 0);
        List<SliceReader> readers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            readers.add(reader());
            readers.get(i).read(0);
        }
        List<CompletableFuture<List<Long>>> all = new ArrayList<>();
        for (SliceReader reader : readers) {
            CompletableFuture<List<Long>> one = new CompletableFuture<>();
            all.add(one);
            new Thread(
                            () -> {
                                try {
                                    one.complete(positions(reader, SLICE));
                                } catch (Throwable e) {
                                    one.completeExceptionally(e);
                                } finally {
                                    reader.endCatchUp();
                                }
                            })
                    .start();
        }
        for (CompletableFuture<List<Long>> one : all) {
            assertEquals(EVENTS + MORE - SLICE, one.get().size());
        }
        assertEquals(EVENTS + MORE, counted.reads.get());
    }

    @Test
    void shouldShowEachOfManyTheWholeLogInOrder() throws Exception {
        long seed = Long.getLong("varve.seed", 42);
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                long from = random.nextInt(4) == 0 ? random.nextInt(EVENTS) : 0;
                SliceReader reader = reader();
                all.add(
                        CompletableFuture.runAsync(
                                () -> {
                                    assertEquals(range(from), positions(reader, from));
                                    reader.endCatchUp();
                                },
                                task -> new Thread(task).start()));
            }
            for (CompletableFuture<Void> one : all) {
                one.get();
            }
            assertEquals(0, shared.size());
        }
    }
}
