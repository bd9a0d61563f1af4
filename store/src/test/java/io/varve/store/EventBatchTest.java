package io.varve.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventBatchTest {
    private static final StreamId ORDER = StreamId.of("orders", "1");
    private static final StreamId OTHER = StreamId.of("orders", "2");
    private static final long MOST = (1L << 47) - 1;
    private static final EventSerde<Object> SERDE =
            EventSerde.of(Object.class)
                    .type("text", String.class, Serdes.utf8())
                    .type("number", Long.class, Serdes.int64())
                    .type("half", Integer.class, new HalfSerde())
                    .build();

    private final EventBatch batch = new EventBatch();

    /** Fails after it has written something. */
    private static final class HalfSerde implements Serde<Integer> {
        @Override
        public void serialize(Integer value, BytesWriter out) {
            out.putInt(value);
            throw new SerdeException("No form", "None.", null);
        }

        @Override
        public Integer deserialize(BytesView in) {
            return in.getInt(0);
        }
    }

    /** Does with the writer what is not its business, and then writes a text. */
    private EventSerde<String> meddling(Consumer<BytesWriter> meddle) {
        return EventSerde.of(String.class)
                .type(
                        "text",
                        String.class,
                        new Serde<>() {
                            @Override
                            public void serialize(String value, BytesWriter out) {
                                meddle.accept(out);
                                out.putUtf8(value);
                            }

                            @Override
                            public String deserialize(BytesView in) {
                                return Serdes.utf8().deserialize(in);
                            }
                        })
                .build();
    }

    @Test
    void shouldLetNoSerdeForgetOrOverwriteWhatOtherEventsHold() {
        batch.add(ORDER, SERDE, "first");
        List<Consumer<BytesWriter>> meddlings =
                List.of(
                        BytesWriter::reset,
                        out -> out.truncate(0),
                        out -> out.putLong(0).truncate(4),
                        out -> out.setInt(0, 7),
                        out -> out.setShort(3, 7),
                        out -> out.putLong(0).setLong(4, 7),
                        BytesWriter::lend,
                        out -> batch.add(OTHER, SERDE, "nested"),
                        out -> batch.add(OTHER, NewEvent.of("text", new byte[1])),
                        out -> batch.tombstone(OTHER),
                        out -> batch.clear());
        for (Consumer<BytesWriter> meddle : meddlings) {
            assertThrows(
                    RuntimeException.class, () -> batch.add(ORDER, meddling(meddle), "meddled"));
        }
        batch.add(ORDER, SERDE, "second");

        assertEquals(2, batch.size());
        assertEquals("firstsecond", new String(batch.bytes(), 0, batch.totalBytes(), US_ASCII));
    }

    @Test
    void shouldLetASerdeChangeWhatItHasWrittenItself() {
        batch.add(ORDER, SERDE, "first");
        batch.add(
                ORDER,
                meddling(
                        out -> {
                            int start = out.size();
                            out.putLong(0).setShort(start, 'a' | 'b' << 8);
                            out.truncate(start + 2);
                        }),
                "c");

        assertEquals("firstabc", new String(batch.bytes(), 0, batch.totalBytes(), US_ASCII));
    }

    @Test
    void shouldBeginEmpty() {
        assertEmpty();
    }

    @Test
    void shouldKeepAnEventAsItWasAdded() {
        EventHeaders headers = EventHeaders.NONE.withEventId(new UUID(1, 2));
        batch.add(ORDER, NewEvent.of("placed", new byte[] {1, 2}).at(5).with(headers));
        assertEquals(1, batch.size());
        assertEquals(ORDER, batch.stream(batch.streamOf(0)));
        assertEquals("placed", batch.type(batch.typeOf(0)));
        assertEquals(5, batch.time(0));
        assertEquals(headers, headers(0));
        assertArrayEquals(new byte[] {1, 2}, payload(0));
        assertEquals(2, batch.largestPayload());
        assertEquals(batch.totalBytes(), batch.bodyLength(0));
    }

    @Test
    void shouldCopyThePayload() {
        byte[] payload = {1};
        batch.add(ORDER, NewEvent.of("t", payload));
        payload[0] = 2;
        assertArrayEquals(new byte[] {1}, payload(0));
    }

    @Test
    void shouldTakeTypedEvents() {
        batch.add(ORDER, SERDE, "x").add(OTHER, SERDE, 1L, OptionalLong.of(-7));
        assertEquals("text", batch.type(batch.typeOf(0)));
        assertEquals(EventBatch.NOW, batch.time(0));
        assertEquals("number", batch.type(batch.typeOf(1)));
        assertEquals(-7, batch.time(1));
        assertEquals(0, batch.headersLength(1));
        assertArrayEquals(new byte[] {-128, 0, 0, 0, 0, 0, 0, 1}, payload(1));
    }

    @Test
    void shouldNumberStreamsAndTypesOnceEach() {
        batch.add(ORDER, SERDE, "a").add(OTHER, SERDE, 1L);
        batch.add(StreamId.of("orders", "1"), SERDE, "b").add(OTHER, SERDE, 2L);
        assertEquals(2, batch.streamCount());
        assertEquals(2, batch.typeCount());
        assertEquals(batch.streamOf(0), batch.streamOf(2));
        assertEquals(batch.typeOf(1), batch.typeOf(3));
    }

    @Test
    void shouldLeaveNoTraceOfAnEventItRefused() {
        assertThrows(SerdeException.class, () -> batch.add(ORDER, SERDE, 1));
        assertThrows(SerdeException.class, () -> batch.add(ORDER, SERDE, 'x'));
        assertThrows(
                IllegalArgumentException.class,
                () -> batch.add(ORDER, SERDE, "x", OptionalLong.of(MOST + 1)));
        EventSerde<String> longName = named("n".repeat(201));
        assertThrows(LimitExceededException.class, () -> batch.add(ORDER, longName, "x"));
        EventSerde<String> noName = named("");
        assertThrows(IllegalArgumentException.class, () -> batch.add(ORDER, noName, "x"));
        assertThrows(NullPointerException.class, () -> batch.add(null, SERDE, "x"));
        assertEmpty();
        batch.add(OTHER, SERDE, "x");
        assertThrows(SerdeException.class, () -> batch.add(ORDER, SERDE, 1));
        batch.add(OTHER, SERDE, "y");
        assertEquals(2, batch.size());
        assertEquals(1, batch.streamCount());
        assertEquals(1, batch.typeCount());
        assertArrayEquals(new byte[] {'y'}, payload(1));
    }

    /** A serde of one's own, whose name nobody has checked. */
    private static EventSerde<String> named(String name) {
        return new EventSerde<>() {
            @Override
            public Set<String> types() {
                return Set.of(name);
            }

            @Override
            public String typeOf(String event) {
                return name;
            }

            @Override
            public void serialize(String event, BytesWriter out) {
                out.putUtf8(event);
            }

            @Override
            public String deserialize(String type, BytesView payload) {
                return payload.getUtf8(0, payload.length());
            }
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, MOST, -MOST})
    void shouldTakeTimesWithin48Bits(long time) {
        batch.add(ORDER, SERDE, "x", OptionalLong.of(time));
        assertEquals(time, batch.time(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {MOST + 1, -MOST - 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void shouldRefuseTimesBeyond48Bits(long time) {
        NewEvent event = NewEvent.of("t", new byte[0]).at(time);
        assertThrows(IllegalArgumentException.class, () -> batch.add(ORDER, event));
        assertEmpty();
    }

    @Test
    void shouldKeepTheLastExpectationOfEachStream() {
        batch.expect(ORDER, ExpectedVersion.noStream());
        batch.expect(OTHER, ExpectedVersion.streamExists());
        batch.expect(ORDER, ExpectedVersion.exactly(3));
        assertEquals(
                Map.of(ORDER, ExpectedVersion.exactly(3), OTHER, ExpectedVersion.streamExists()),
                batch.expectations());
        batch.expect(ORDER, ExpectedVersion.any());
        assertEquals(Map.of(OTHER, ExpectedVersion.streamExists()), batch.expectations());
        assertThrows(NullPointerException.class, () -> batch.expect(ORDER, null));
        assertThrows(NullPointerException.class, () -> batch.expect(null, ExpectedVersion.any()));
    }

    @Test
    void shouldMakeOneRunOfNeighboursOfOneStreamWhateverObjectNamesIt() {
        for (int i = 0; i < 600; i++) {
            batch.add(StreamId.of("orders", "1"), SERDE, "x");
        }
        assertEquals(1, batch.runs().count());
        batch.add(StreamId.of("orders", "1"), SERDE, "x").add(OTHER, SERDE, "x");
        assertEquals(2, batch.runs().count());
        assertEquals(601, batch.runs().end(0));
        assertEquals(602, batch.runs().end(1));
        assertEquals(OTHER, batch.stream(batch.streamOf(601)));
    }

    @Test
    void shouldForgetEverythingWhenCleared() {
        batch.expect(ORDER, ExpectedVersion.noStream()).add(ORDER, SERDE, "x");
        batch.clear();
        assertEmpty();
        batch.add(OTHER, SERDE, 1L);
        assertEquals(OTHER, batch.stream(batch.streamOf(0)));
        assertEquals("number", batch.type(batch.typeOf(0)));
    }

    @Test
    void shouldBehaveLikeAListUnderRandomUse() {
        long seed = Long.getLong("varve.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            batch.clear();
            List<StreamId> streams = new ArrayList<>();
            List<NewEvent> events = new ArrayList<>();
            int keys = 1 + random.nextInt(1000);
            StreamId id = ORDER;
            for (int i = random.nextInt(1500); i > 0; i--) {
                // Often the same object again, and now and then an equal one.
                id = random.nextInt(4) == 0 ? id : StreamId.of("c", "k" + random.nextInt(keys));
                streams.add(id);
                events.add(anyEvent(random));
                batch.add(id, events.get(events.size() - 1));
                if (random.nextInt(200) == 0) { // it may be appended, and then added to
                    assertEquals(Set.copyOf(streams).size(), batch.streamCount(), "seed=" + seed);
                }
            }
            assertHolds(streams, events, "seed=" + seed);
        }
    }

    private void assertHolds(List<StreamId> streams, List<NewEvent> events, String seed) {
        assertEquals(events.size(), batch.size(), seed);
        assertEquals(Set.copyOf(streams).size(), batch.streamCount(), seed);
        int largest = 0;
        for (int i = 0; i < events.size(); i++) {
            NewEvent event = events.get(i);
            assertEquals(streams.get(i), batch.stream(batch.streamOf(i)), seed);
            assertEquals(event.type(), batch.type(batch.typeOf(i)), seed);
            assertEquals(event.eventTimeMillis().orElse(EventBatch.NOW), batch.time(i), seed);
            assertEquals(event.headers(), headers(i), seed);
            assertArrayEquals(event.payload(), payload(i), seed);
            largest = Math.max(largest, event.payload().length);
        }
        assertEquals(largest, batch.largestPayload(), seed);
    }

    private static NewEvent anyEvent(Random random) {
        byte[] payload = new byte[random.nextInt(50)];
        random.nextBytes(payload);
        NewEvent event = NewEvent.of("t" + random.nextInt(10), payload);
        if (random.nextBoolean()) {
            event = event.at(random.nextLong() >> 17);
        }
        return random.nextBoolean()
                ? event.with(EventHeaders.NONE.withCorrelation("c" + random.nextInt()))
                : event;
    }

    private void assertEmpty() {
        assertEquals(0, batch.size());
        assertEquals(0, batch.streamCount());
        assertEquals(0, batch.typeCount());
        assertEquals(0, batch.totalBytes());
        assertEquals(0, batch.largestPayload());
        assertEquals(Map.of(), batch.expectations());
    }

    private EventHeaders headers(int event) {
        return HeadersCodec.read(
                new BytesView()
                        .wrap(batch.bytes(), batch.start(event), batch.headersLength(event)));
    }

    private byte[] payload(int event) {
        int from = batch.start(event) + batch.headersLength(event);
        return Arrays.copyOfRange(
                batch.bytes(), from, batch.start(event) + batch.bodyLength(event));
    }
}
