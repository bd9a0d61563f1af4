package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.Memory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block tells is what was put into it, whatever its events share. */
class BlockLayoutTest {
    private static final long FIRST_POSITION = 1_000;

    /** What one event must be. */
    private record Expected(
            int stream, long version, int type, long time, int headers, byte[] body) {}

    private final BlockBuilder builder = new BlockBuilder(new ShaChain());
    private final BlockView view = new BlockView();
    private final List<Expected> expected = new ArrayList<>();
    private final Map<Integer, Long> versions = new HashMap<>();
    private int full;

    /** Adds runs of events that may differ in the fields {@code vary}, until the block is full. */
    private void fill(SplittableRandom random, int vary, int most) {
        builder.reset();
        expected.clear();
        versions.clear();
        while (expected.size() < most) {
            int stream = pick(random, vary, RowFormat.STREAM, Integer.MAX_VALUE - 3, 3);
            int type = pick(random, vary, RowFormat.TYPE, 0xfffc, 4);
            long time = pick(random, vary, RowFormat.TIME, -2, 4) * (EventBatch.MAX_TIME / 2);
            int headers = pick(random, vary, RowFormat.HEADERS, 0, 3) * 17;
            EventBatch batch = batch(random, headers, 1 + random.nextInt(40));
            long version = versions.getOrDefault(stream, BlockFormat.MAX_VERSION - 100_000);
            EventRun run =
                    new EventRun(
                            batch, 0, batch.size(), stream, version, type, headersOf(batch), time);
            int added = builder.add(run, 0);
            for (int i = 0; i < added; i++) {
                byte[] body =
                        Arrays.copyOfRange(
                                batch.bytes(),
                                batch.start(i),
                                batch.start(i) + batch.bodyLength(i));
                expected.add(new Expected(stream, version + i, type, time, headersOf(batch), body));
            }
            versions.put(stream, version + added);
            if (added < batch.size()) {
                full++;
                return;
            }
        }
    }

    private static int headersOf(EventBatch batch) {
        return batch.headersLength(0);
    }

    private static int pick(SplittableRandom random, int vary, int field, int from, int range) {
        return (vary & field) == 0 ? from : from + random.nextInt(range);
    }

    private static EventBatch batch(SplittableRandom random, int headers, int count) {
        EventBatch batch = new EventBatch();
        EventHeaders with =
                headers == 0
                        ? EventHeaders.NONE
                        : EventHeaders.NONE.withCorrelation("c".repeat(headers));
        int size = random.nextInt(4) == 0 ? 400 : 12;
        for (int i = 0; i < count; i++) {
            batch.add(
                    TestEvents.stream("s"),
                    TestEvents.event(random.nextLong(), random.nextInt(size)).with(with));
        }
        return batch;
    }

    private byte[] sealed() {
        builder.seal(FIRST_POSITION, 5, 7, 11);
        byte[] bytes = new byte[builder.length()];
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length);
        builder.copyTo(Memory.addressOf(memory));
        memory.get(bytes);
        return bytes;
    }

    private void assertTellsWhatWasPutIn(byte[] bytes, SplittableRandom random) {
        long last = FIRST_POSITION + expected.size() - 1;
        view.bytes().wrap(bytes, 0, bytes.length);
        view.check(last);
        assertEquals(expected.size(), view.count());
        assertEquals(view.bodies(), view.start(0));
        for (int i = 0; i < expected.size(); i++) {
            assertTells(i);
        }
        EventView event = new EventView(view, CrashImagesTest.NO_NAMES);
        for (int i = 0; i < expected.size(); i++) {
            assertShows(event, i); // in order
        }
        for (int n = 0; n < 50; n++) {
            assertShows(event, random.nextInt(expected.size()));
        }
        if (view.isChunked()) {
            view.checkHeader(last);
            view.checkEvent(random.nextInt(expected.size()), last);
        }
    }

    private void assertTells(int i) {
        Expected event = expected.get(i);
        BlockFields fields = view.fields();
        int place = fields.place(i);
        assertEquals(event.stream(), fields.stream(place));
        assertEquals(event.version(), fields.version(i, place));
        assertEquals(event.type(), fields.type(place));
        assertEquals(event.headers(), fields.headersLength(place));
        assertEquals(event.time(), fields.timeMillis(place));
        assertEquals(event.body().length == 0, view.isBare(i));
        byte[] body = new byte[view.end(i) - view.body(i)];
        view.bytes().copyTo(view.body(i), body, 0, body.length);
        assertArrayEquals(event.body(), body);
    }

    private void assertShows(EventView event, int i) {
        event.show(i);
        BytesView payload = event.payload();
        byte[] body = expected.get(i).body();
        int headers = expected.get(i).headers();
        assertArrayEquals(Arrays.copyOfRange(body, headers, body.length), payload.toByteArray());
        assertEquals(expected.get(i).version(), event.version());
        assertEquals(FIRST_POSITION + i, event.position());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void shouldTellWhatWasPutIn(int vary) {
        SplittableRandom random = new SplittableRandom(vary);
        for (int n = 0; n < 40; n++) {
            fill(random, vary, n % 4 == 0 ? 1 + n : Integer.MAX_VALUE);
            byte[] bytes = sealed();
            assertTrue(bytes.length <= BlockFormat.MAX_BLOCK);
            assertTellsWhatWasPutIn(bytes, random);
        }
        assertEquals(30, full);
    }

    @Test
    void shouldShareWhatAllEventsHave() {
        SplittableRandom random = new SplittableRandom(1);
        BitSet seen = new BitSet();
        for (int vary = 0; vary <= RowFormat.ALL; vary++) {
            fill(random, vary, Integer.MAX_VALUE);
            byte[] bytes = sealed();
            int own = BytesView.of(bytes).getShort(BlockFormat.SHARED);
            assertEquals(vary, own);
            seen.set(own);
        }
        assertEquals(RowFormat.ALL + 1, seen.cardinality());
    }

    @Test
    void shouldFillABlockToTheLastByteThatItMayHave() {
        SplittableRandom random = new SplittableRandom(2);
        EventBatch batch = batch(random, 0, 5_000);
        builder.reset();
        int added = builder.add(new EventRun(batch, 0, batch.size(), 1, 0, 1, 0, 0), 0);
        assertTrue(added > 0 && added < batch.size());
        int body = added * 2 + batch.bodyLength(0, added);
        int more = body + 2 + batch.bodyLength(added);
        assertTrue(body <= BlockFormat.MAX_BODY && more > BlockFormat.MAX_BODY);
        assertEquals(0, builder.add(new EventRun(batch, added, added + 1, 1, added, 1, 0, 0), 0));
    }

    /** With all that a header can have. */
    @Test
    void shouldNeverMakeABlockOfSeveralEventsLongerThanItMayBe() {
        ShaChain sha = new ShaChain();
        sha.begin(new byte[ShaChain.BYTES]);
        BlockBuilder sealing = new BlockBuilder(sha);
        for (int last = 65_000; last < 65_300; last++) {
            EventBatch batch = new EventBatch();
            batch.add(TestEvents.stream("s"), TestEvents.event(1, 8));
            batch.add(TestEvents.stream("s"), TestEvents.event(2, last));
            sealing.reset();
            if (sealing.add(new EventRun(batch, 0, 2, 1, 0, 1, 0, 0), 0) == 2) {
                assertTrue(sealing.length() <= BlockFormat.MAX_BLOCK, "length=" + last);
            } else {
                assertTrue(last > 65_100, "length=" + last);
            }
        }
    }

    /** Events of one stream whose versions do not follow each other have a version each. */
    @Test
    void shouldNotShareVersionsThatDoNotFollowEachOther() {
        EventBatch batch = batch(new SplittableRandom(3), 0, 2);
        builder.reset();
        assertEquals(1, builder.add(new EventRun(batch, 0, 1, 1, 4, 1, 0, 0), 0));
        assertEquals(1, builder.add(new EventRun(batch, 1, 2, 1, 9, 1, 0, 0), 0));
        byte[] bytes = sealed();
        view.bytes().wrap(bytes, 0, bytes.length);
        view.check(FIRST_POSITION + 1);
        assertEquals(4, view.fields().version(0, view.fields().place(0)));
        assertEquals(9, view.fields().version(1, view.fields().place(1)));
    }
}
