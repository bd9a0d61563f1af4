package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Fold;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.View;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.ExpectedVersion;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A view over two categories of a store: its rows are what it computes from the log on demand. */
class ViewOnDemandTest extends RuntimeTestBase {
    record Paid(String author, long cents) {}

    private static final EventSerde<Paid> PAYMENTS =
            EventSerde.of(Paid.class).json("paid", Paid.class).build();

    private static final StoreRef<String, Long> BALANCES = StoreRef.of("balances");

    private final View<Object, String, Long> view =
            View.of(
                            Fold.<Object, Long>startingWith(() -> 0L)
                                    .on(Notes.Note.class, (sum, note) -> sum * 3 + note.number())
                                    .on(
                                            Paid.class,
                                            (sum, paid) ->
                                                    paid.cents() == 0 ? null : sum - paid.cents())
                                    .build(),
                            Materialized.as(BALANCES, Serdes.utf8(), Serdes.int64()))
                    .over(Notes.CATEGORY, serde, (stream, note) -> "a" + note.author())
                    .over("payments", PAYMENTS, (stream, paid) -> paid.author());

    @Test
    void shouldComputeFromTheLogWhatTheReadModelHas() throws Exception {
        ProjectionRuntime runtime =
                started(RuntimeConfig.defaults(), view.projection("balances", 1));
        Random random = new Random(5);
        Set<String> authors = new TreeSet<>();
        EventBatch batch = new EventBatch();
        for (int i = 0; i < 300; i++) {
            int author = random.nextInt(10);
            authors.add("a" + author);
            if (random.nextBoolean()) {
                StreamId stream = StreamId.of(Notes.CATEGORY, "n" + random.nextInt(4));
                batch.add(stream, serde, new Notes.Note(author, i));
            } else {
                StreamId stream = StreamId.of("payments", "p" + random.nextInt(4));
                batch.add(stream, PAYMENTS, new Paid("a" + author, random.nextInt(5)));
            }
        }
        store.append(batch);
        store.tombstone(StreamId.of("payments", "p0"), ExpectedVersion.any());
        assertTrue(runtime.awaitPosition("balances", store.head(), Notes.LONG));
        try (ReadView rows =
                runtime.readView("balances", PositionBound.at(store.head()), Notes.LONG)) {
            assertTrue(rows.store(BALANCES).count() > 3);
            for (String author : authors) {
                assertEquals(
                        rows.store(BALANCES).get(author),
                        view.load(author, store.cursor(EventQuery.all())),
                        author);
                assertEquals(
                        rows.store(BALANCES).get(author),
                        view.load(author, store.readList(EventQuery.all())),
                        author);
            }
        }
    }
}
