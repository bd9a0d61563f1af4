package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownStreamsTest {
    private static final EventSerde<String> SERDE =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final KnownStreams known = new KnownStreams();
    private final Map<StreamId, StreamEntry> expected = new HashMap<>();

    @Test
    void shouldBehaveLikeAMapUnderRandomUse() {
        for (int round = 0; round < 60; round++) {
            if (random.nextInt(6) == 0) {
                expected.values().removeIf(entry -> random.nextInt(3) == 0);
                known.retain(expected.values());
            }
            EventBatch batch = batch();
            StreamEntry[] found = new StreamEntry[batch.streamCount()];
            known.find(batch, found);
            for (int i = 0; i < found.length; i++) {
                assertSame(expected.get(batch.stream(i)), found[i], "seed=" + seed);
                if (found[i] == null && random.nextBoolean()) {
                    add(batch.stream(i));
                }
            }
        }
    }

    /** Streams in turn, as they were added, from somewhere on; and any. */
    private EventBatch batch() {
        EventBatch batch = new EventBatch();
        int from = random.nextInt(500);
        for (int i = 0; i < 300; i++) {
            int key = random.nextInt(10) == 0 ? random.nextInt(800) : from + i;
            batch.add(id(key), SERDE, "x");
        }
        return batch;
    }

    /** Every other key has a neighbour of the same hash code. */
    private static StreamId id(int key) {
        return StreamId.of("c", key % 2 == 0 ? "k" + key / 2 + "Aa" : "k" + key / 2 + "BB");
    }

    private void add(StreamId id) {
        StreamEntry entry = new StreamEntry(expected.size(), id);
        expected.put(id, entry);
        known.add(entry);
    }

    @Test
    void shouldTellStreamsOfOneHashCodeApart() {
        assertEquals(id(0).hashCode(), id(1).hashCode());
        add(id(0));
        EventBatch batch = new EventBatch().add(id(1), SERDE, "x").add(id(0), SERDE, "y");
        StreamEntry[] found = new StreamEntry[batch.streamCount()];
        known.find(batch, found);
        assertSame(null, found[0]);
        assertSame(expected.get(id(0)), found[1]);
    }

    /** As many names as bits allow; of one hash code if they were made for that. */
    private static List<StreamId> names(int bits, boolean made) {
        List<StreamId> names = new ArrayList<>();
        for (int i = 0; i < 1 << bits; i++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < bits; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : made ? "BB" : "Bb");
            }
            names.add(StreamId.of("c", key.toString()));
        }
        return names;
    }

    /** Adds streams and finds them, in a batch and in memory; returns nanoseconds. */
    private static long use(List<StreamId> names) {
        KnownStreams many = new KnownStreams();
        long begin = System.nanoTime();
        EventBatch batch = new EventBatch();
        names.forEach(name -> batch.add(name, SERDE, "x"));
        StreamEntry[] found = new StreamEntry[batch.streamCount()];
        for (int i = names.size() - 1; i >= 0; i--) {
            many.add(new StreamEntry(i, names.get(i)));
        }
        many.find(batch, found);
        long nanos = System.nanoTime() - begin;
        assertEquals(names.size(), found.length);
        for (int i = 0; i < found.length; i++) {
            assertEquals(i, found[i].number());
        }
        return nanos;
    }

    @Test
    void shouldNotTakeTheSquareOfTheTimeForNamesThatWereMadeToShareAHashCode() {
        List<StreamId> made = names(13, true);
        List<StreamId> plain = names(13, false);
        assertEquals(1, made.stream().map(StreamId::hashCode).distinct().count());
        long ofMade = Long.MAX_VALUE;
        long ofPlain = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            ofPlain = Math.min(ofPlain, use(plain));
            ofMade = Math.min(ofMade, use(made));
        }
        assertTrue(ofMade < 50 * ofPlain, "made=" + ofMade + " plain=" + ofPlain);
    }
}
