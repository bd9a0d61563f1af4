package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateCopy;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the init() of a processor must not do. */
class ProcessorInitTest {
    private static final StoreRef<String, Long> ROWS = StoreRef.of("rows");

    private record Beginning(Consumer<ProcessorContext<String, String>> begins)
            implements Processor<String, String, String, String> {
        @Override
        public void init(ProcessorContext<String, String> context) {
            begins.accept(context);
        }

        @Override
        public void process(Record<String, String> record) {}
    }

    static Stream<Consumer<ProcessorContext<String, String>>> written() {
        return Stream.of(
                context -> context.store(ROWS).put("boot", 1L),
                context ->
                        context.schedule(
                                        Duration.ofMillis(5),
                                        PunctuationType.STREAM_TIME,
                                        time -> {})
                                .cancel());
    }

    private static Topology topology(Consumer<ProcessorContext<String, String>> begins) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.addStateStore(Materialized.as(ROWS, Serdes.utf8(), Serdes.int64()));
        builder.stream("words", Consumed.with(Told.TEXT))
                .process(() -> new Beginning(begins), Named.as("begins"), ROWS);
        return builder.build();
    }

    @ParameterizedTest
    @MethodSource("written")
    void shouldRefuseToWriteInInit(Consumer<ProcessorContext<String, String>> begins) {
        Topology topology = topology(begins);
        TopologyException e =
                assertThrows(TopologyException.class, () -> new TopologyTestDriver(topology));
        assertTrue(e.getMessage().contains("node=begins"), e.getMessage());
        assertTrue(e.getMessage().contains("in init(): do that in process()"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("written")
    void shouldLetGoOfTheStateWhereInitFails(Consumer<ProcessorContext<String, String>> begins) {
        Topology topology = topology(begins);
        AtomicInteger open = new AtomicInteger();
        try (StateEnvironment real = StateEnvironment.inMemory(topology.tables())) {
            assertThrows(
                    TopologyException.class,
                    () -> new ProjectionTask(topology, new Counting(real, open)));
        }
        assertEquals(0, open.get(), "views");
    }

    /** Counts the views that are open. */
    private record Counting(StateEnvironment real, AtomicInteger open) implements StateEnvironment {
        @Override
        public Set<String> tables() {
            return real.tables();
        }

        @Override
        public StateView view() {
            StateView view = real.view();
            open.incrementAndGet();
            return new StateView() {
                @Override
                public ReadOnlyTable table(String name) {
                    return view.table(name);
                }

                @Override
                public Optional<Checkpoint> checkpoint() {
                    return view.checkpoint();
                }

                @Override
                public void close() {
                    open.decrementAndGet();
                    view.close();
                }
            };
        }

        @Override
        public StateTransaction begin() {
            return real.begin();
        }

        @Override
        public StateCopy copyTo(Path copy) {
            return real.copyTo(copy);
        }

        @Override
        public void sync() {
            real.sync();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
