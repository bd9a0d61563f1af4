package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.bytes.Flyweight;
import io.varve.store.errors.SerdeException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events whose fields are read where they lie. */
class FlyweightTest {
    private static final int EVENTS = 200_000;
    private static final int BATCH = 10_000;

    @TempDir Path folder;

    record Paid(long id, long cents) {}

    /** i64 id, i64 cents. */
    static final class PaidView implements Flyweight {
        private BytesView bytes = new BytesView();

        @Override
        public void wrap(BytesView value) {
            if (value.length() != 2 * Long.BYTES) {
                throw new SerdeException("length=" + value.length(), "None.", null);
            }
            bytes = value;
        }

        long id() {
            return bytes.getLong(0);
        }

        long cents() {
            return bytes.getLong(Long.BYTES);
        }
    }

    private static final EventSerde<Paid> SERDE =
            EventSerde.of(Paid.class)
                    .type(
                            "paid",
                            Paid.class,
                            new Serde<Paid>() {
                                @Override
                                public void serialize(Paid value, BytesWriter out) {
                                    out.putLong(value.id()).putLong(value.cents());
                                }

                                @Override
                                public Paid deserialize(BytesView in) {
                                    return new Paid(in.getLong(0), in.getLong(Long.BYTES));
                                }
                            })
                    .build();

    private static void fill(EventStore store) {
        StreamId stream = StreamId.of("payments", "p");
        for (int from = 0; from < EVENTS; from += BATCH) {
            EventBatch batch = new EventBatch();
            for (int i = from; i < from + BATCH; i++) {
                batch.add(stream, SERDE, new Paid(i, 2L * i));
            }
            store.append(batch);
        }
    }

    @Test
    void shouldScanWithoutGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (EventStore store = EventStore.open(folder)) {
            fill(store);
            PaidView view = new PaidView();
            long[] sum = new long[1];
            for (EventQuery query :
                    List.of(
                            EventQuery.all(),
                            EventQuery.all().backward(),
                            EventQuery.category("payments"),
                            EventQuery.stream(StreamId.of("payments", "p")))) {
                // Code that is not compiled yet makes garbage of its own.
                long least = Long.MAX_VALUE;
                for (int run = 0; run < 5; run++) {
                    sum[0] = 0;
                    long before = threads.getCurrentThreadAllocatedBytes();
                    store.read(
                            query,
                            FlyweightVisitor.of(
                                    view,
                                    (event, paid) -> {
                                        sum[0] += paid.id() + paid.cents();
                                        return true;
                                    }));
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                    assertEquals(3L * EVENTS * (EVENTS - 1) / 2, sum[0]);
                }
                assertTrue(least < EVENTS, "query=" + query + " allocated=" + least);
            }
        }
    }

    @Test
    void shouldReadOneTypeOfAStream() {
        try (EventStore store = EventStore.open(folder)) {
            Category<Paid> payments = store.category("payments", SERDE);
            payments.append("p", new Paid(1, 10));
            store.append(payments.id("p"), ExpectedVersion.any(), TestEvents.event("other"));
            payments.append("p", new Paid(2, 20));
            List<Long> seen = new ArrayList<>();
            PaidView view = new PaidView();
            payments.read(
                    "p",
                    "paid",
                    view,
                    (event, paid) -> {
                        seen.add(event.version());
                        seen.add(paid.cents());
                        return true;
                    });
            assertEquals(List.of(0L, 10L, 2L, 20L), seen);
            assertThrows(IndexOutOfBoundsException.class, view::cents);
            EventQuery all = EventQuery.stream(payments.id("p"));
            assertThrows(
                    SerdeException.class,
                    () -> store.read(all, FlyweightVisitor.of(view, (e, paid) -> true)));
        }
    }

    @Test
    void shouldVisitDecodedEventsUntilToldToStop() {
        try (EventStore store = EventStore.open(folder)) {
            Category<Paid> payments = store.category("payments", SERDE);
            payments.append(
                    "p",
                    ExpectedVersion.noStream(),
                    List.of(new Paid(1, 1), new Paid(2, 2), new Paid(3, 3)));
            List<Paid> seen = new ArrayList<>();
            payments.forEach("p", paid -> seen.add(paid) && paid.id() < 2);
            assertEquals(List.of(new Paid(1, 1), new Paid(2, 2)), seen);
        }
    }
}
