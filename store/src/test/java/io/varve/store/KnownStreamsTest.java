package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.HashMap;
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
}
