package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.Serdes;
import java.time.Duration;
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
        try (StubEnvironment environment = new StubEnvironment(topology.tables())) {
            assertThrows(TopologyException.class, () -> new ProjectionTask(topology, environment));
            assertEquals(0, environment.openViews);
        }
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("on purpose"),
                new StackOverflowError("on purpose"),
                new AssertionError("on purpose"),
                new NoClassDefFoundError("on purpose"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldNameTheNodeWhoseInitFails(Throwable failure) {
        Topology topology = topology(context -> raise(failure));
        try (StubEnvironment environment = new StubEnvironment(topology.tables())) {
            TopologyException e =
                    assertThrows(
                            TopologyException.class,
                            () -> new ProjectionTask(topology, environment));
            assertTrue(e.getMessage().contains("could not be made: node=begins"), e::getMessage);
            assertSame(failure, e.getCause());
            assertEquals(0, environment.openViews);
        }
    }

    /** What the next task needs may be there by then. */
    @ParameterizedTest
    @MethodSource("failures")
    void shouldNameTheNodeWhoseSupplierFails(Throwable failure) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("words", Consumed.with(Told.TEXT))
                .process(() -> raise(failure), Named.as("begins"));
        Topology topology = builder.build();
        TopologyException e =
                assertThrows(TopologyException.class, () -> new TopologyTestDriver(topology));
        assertTrue(e.getMessage().contains("could not be made: node=begins"), e::getMessage);
    }

    // Any failure, without a throws clause, as in other languages.
    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T raise(Throwable failure) throws E {
        throw (E) failure;
    }
}
