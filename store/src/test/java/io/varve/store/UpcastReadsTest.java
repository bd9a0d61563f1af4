package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.Loaded;
import io.varve.store.snapshot.SnapshotPolicy;
import io.varve.store.snapshot.SnapshotStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that an earlier version of a program wrote into a store are read as those of today. */
class UpcastReadsTest {
    /** What there is today in place of {@link GoldenFeatures.Entry}. */
    record Booked(String amount, String currency) {}

    /** What it is folded to. */
    record Sum(long count, long amount) {}

    private static final EventSerde<Booked> TODAY =
            EventSerde.of(Booked.class)
                    .record("booked.v2", Booked.class)
                    .upcastRecord(
                            "entered",
                            GoldenFeatures.Entry.class,
                            Booked.class,
                            old -> new Booked("" + old.amount(), "EUR"))
                    .build();

    @TempDir Path folder;

    private static List<Booked> expected() {
        return LongStream.range(0, 12)
                .mapToObj(i -> new Booked("" + (i * 1_000_003L - 7), "EUR"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldReadOldEventsOfAStoreAsTheNewest(int format) throws Exception {
        GoldenFeatures.unpack(format, folder);
        try (EventStore store = EventStore.open(folder)) {
            Category<Booked> ledgers = store.category("ledgers", TODAY);
            assertEquals(expected(), ledgers.read("a"));
            List<Booked> found = new ArrayList<>();
            ledgers.read(
                    ledgers.query(),
                    (event, booked) -> {
                        assertEquals("entered", event.type());
                        return found.add(booked);
                    });
            assertEquals(expected(), found);
            ledgers.append("a", ExpectedVersion.exactly(11), new Booked("5", "CHF"));
            List<Booked> both = new ArrayList<>(expected());
            both.add(new Booked("5", "CHF"));
            assertEquals(both, ledgers.read("a"));
        }
    }

    @Test
    void shouldFoldOldEventsAsTheNewest() throws Exception {
        GoldenFeatures.unpack(GoldenFeatures.NEWEST, folder);
        try (EventStore store = EventStore.open(folder);
                SnapshotStore snapshots = SnapshotStore.openIn(store)) {
            Loaded<Sum> loaded =
                    snapshots
                            .streams(
                                    "booked",
                                    store.category("ledgers", TODAY),
                                    Serdes.record(Sum.class))
                            .fold(
                                    () -> new Sum(0, 0),
                                    (sum, booked) ->
                                            new Sum(
                                                    sum.count() + 1,
                                                    sum.amount() + Long.parseLong(booked.amount())))
                            .policy(SnapshotPolicy.never())
                            .build()
                            .load("a");
            assertEquals(new Sum(12, 66 * 1_000_003L - 84), loaded.state());
        }
    }
}
