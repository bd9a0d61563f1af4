package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Topology;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateView;
import io.varve.turns.Turns;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A view that is used, closed by its owner, by the runtime and for its age, by all the ways in
 * which they can take turns, as far as they are tried: what it holds is given back once, under no
 * call.
 */
@Tag("faults")
class ViewInterleavingsTest {
    private static final int WAYS = Integer.getInteger("varve.interleavings", 3_000);
    private static final Topology TOPOLOGY = topology();

    private static Topology topology() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        "things",
                        Consumed.with(
                                EventSerde.of(String.class)
                                        .type("Said", String.class, Serdes.utf8())
                                        .build()))
                .groupBy((key, text) -> 1)
                .count(Materialized.as(StoreRef.of("counts"), Serdes.int32(), Serdes.int64()));
        return builder.build();
    }

    /** Rows that are given back once; their bytes are beyond what can be tried here. */
    private static final class Rows implements StateView {
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger users = new AtomicInteger();

        int use() {
            users.incrementAndGet();
            assertEquals(0, closed.get(), "read when given back");
            return users.decrementAndGet();
        }

        @Override
        public ReadOnlyTable table(String name) {
            throw new IllegalStateException("there are no tables here");
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return Optional.empty();
        }

        @Override
        public void close() {
            assertEquals(0, users.get(), "given back under a call");
            closed.incrementAndGet();
        }
    }

    @Test
    void shouldGiveBackOnceWhatAViewHolds() {
        Lincheck.runConcurrentTest(WAYS, () -> closes(true, ReadView::closeSoon));
    }

    @Test
    void shouldGiveBackOnceWhatAViewHoldsThatIsTooOld() {
        Lincheck.runConcurrentTest(
                WAYS, () -> closes(true, view -> view.expire(Duration.ofSeconds(1))));
    }

    /** The call that is under way, or the one who wanted it closed: not neither. */
    @Test
    void shouldGiveBackWhatAViewHoldsThatItsOwnerNeverCloses() {
        Lincheck.runConcurrentTest(WAYS, () -> closes(false, ReadView::closeSoon));
    }

    private static void closes(boolean owner, Consumer<ReadView> other) {
        Rows rows = new Rows();
        AtomicInteger told = new AtomicInteger();
        ReadView view = new ReadView("sums", TOPOLOGY, rows, one -> told.incrementAndGet());
        Turns others = Turns.of(() -> use(view, rows), () -> other.accept(view));
        if (owner) {
            view.close();
        }
        others.end();
        assertEquals(1, rows.closed.get(), "given back");
        assertEquals(1, told.get(), "told");
    }

    private static void use(ReadView view, Rows rows) {
        try {
            view.call(rows::use);
        } catch (StoreClosedException | ViewExpiredException e) {
            // as it must be, behind the end of the view
        }
    }
}
