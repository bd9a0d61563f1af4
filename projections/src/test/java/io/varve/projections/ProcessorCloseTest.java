package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.StreamId;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.TableUnknownException;
import io.varve.store.serde.Serdes;
import io.varve.store.state.StateEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a processor is closed, and what becomes of it. */
class ProcessorCloseTest {
    private static final StoreRef<String, Long> SEEN = StoreRef.of("seen");

    private final StreamsBuilder builder = new StreamsBuilder();
    private final EventStream<String, TextStreams.Text> texts =
            builder.stream("texts", Consumed.with(TextStreams.SERDE));
    private final List<String> done = new ArrayList<>();

    /** Writes down what is done to it. */
    private class Noting
            implements Processor<String, TextStreams.Text, String, Long>,
                    FixedKeyProcessor<String, TextStreams.Text, Long> {
        private final String name;

        Noting(String name) {
            this.name = name;
        }

        @Override
        public void init(ProcessorContext<String, Long> context) {
            done.add("init " + name);
        }

        @Override
        public void init(FixedKeyProcessorContext<String, Long> context) {
            done.add("init " + name);
        }

        @Override
        public void process(Record<String, TextStreams.Text> record) {
            done.add(name);
        }

        @Override
        public void process(FixedKeyRecord<String, TextStreams.Text> record) {
            done.add(name);
        }

        @Override
        public void close() {
            done.add("close " + name);
        }
    }

    private Processor<String, TextStreams.Text, String, Long> noting(String name) {
        return new Noting(name);
    }

    private Processor<String, TextStreams.Text, String, Long> failing(String name) {
        return new Noting(name) {
            @Override
            public void close() {
                super.close();
                throw new IllegalStateException(name + " on purpose");
            }
        };
    }

    private ProjectionTask task(Topology topology) {
        return new ProjectionTask(topology, StateEnvironment.inMemory(topology.tables()));
    }

    private static void process(ProjectionTask task, long position) {
        TextStreams.Text text = new TextStreams.Text("x");
        StreamId stream = StreamId.of("texts", "a");
        task.process(SourceEvent.of(position, stream, position, "text", 0, text));
    }

    @Test
    void shouldCloseEachOnceWhenItsTaskEnds() {
        texts.process(() -> noting("one"));
        FixedKeyProcessorSupplier<String, TextStreams.Text, Long> two = () -> new Noting("two");
        texts.processValues(two);
        ProjectionTask task = task(builder.build());
        process(task, 0);
        task.abandon();
        process(task, 0);
        assertEquals(List.of("init two", "init one", "one", "two", "one", "two"), done);
        done.clear();
        task.close();
        task.close();
        assertEquals(List.of("close one", "close two"), done);
    }

    @Test
    void shouldCloseTheOthersWhereOneFailsAndTellOfAll() {
        texts.process(() -> failing("one"), Named.as("first"));
        texts.process(() -> failing("two"), Named.as("second"));
        texts.process(() -> noting("three"));
        ProjectionTask task = task(builder.build());
        done.clear();
        ProcessorCloseException e = assertThrows(ProcessorCloseException.class, task::close);
        assertEquals(List.of("close one", "close two", "close three"), done);
        assertEquals("first", e.node());
        assertEquals("one on purpose", e.getCause().getMessage());
        assertEquals("second", ((ProcessorCloseException) e.getSuppressed()[0]).node());
        task.close();
        assertEquals(3, done.size(), "none is closed again");
    }

    @Test
    void shouldCloseTheOthersWhereOneFailsWithAnError() {
        for (Error failure :
                List.of(new StackOverflowError(), new AssertionError(), new LinkageError())) {
            StreamsBuilder other = new StreamsBuilder();
            EventStream<String, TextStreams.Text> stream =
                    other.stream("texts", Consumed.with(TextStreams.SERDE));
            stream.process(
                    () ->
                            new Noting("one") {
                                @Override
                                public void close() {
                                    throw failure;
                                }
                            },
                    Named.as("first"));
            stream.process(() -> noting("two"));
            ProjectionTask task = task(other.build());
            done.clear();
            ProcessorCloseException e = assertThrows(ProcessorCloseException.class, task::close);
            assertEquals("first", e.node());
            assertEquals(failure, e.getCause());
            assertEquals(List.of("close two"), done);
        }
    }

    @Test
    void shouldCloseWhatIsThereWhereATaskCannotBegin() {
        texts.process(
                () ->
                        new Noting("bad") {
                            @Override
                            public void init(ProcessorContext<String, Long> context) {
                                throw new IllegalStateException("on purpose");
                            }
                        });
        texts.process(() -> noting("good"));
        Topology topology = builder.build();
        assertThrows(TopologyException.class, () -> task(topology));
        assertEquals(List.of("init good", "close good"), done);
    }

    @Test
    void shouldCloseWhereATableIsMissing() {
        texts.process(() -> noting("one"));
        texts.groupByKey().count(Materialized.as(SEEN, Serdes.utf8(), Serdes.int64()));
        Topology topology = builder.build();
        StateEnvironment empty = StateEnvironment.inMemory(Set.of());
        assertThrows(TableUnknownException.class, () -> new ProjectionTask(topology, empty));
        assertEquals(List.of("init one", "close one"), done);
    }

    @Test
    void shouldHaveNoStoresAndNoChildrenAnyMoreWhenItIsClosed() {
        builder.addStateStore(Materialized.as(SEEN, Serdes.utf8(), Serdes.int64()));
        texts.process(AtTheEnd::new, SEEN);
        ProjectionTask task = task(builder.build());
        process(task, 0);
        ProcessorCloseException e = assertThrows(ProcessorCloseException.class, task::close);
        assertEquals(StoreClosedException.class, e.getCause().getClass());
        assertEquals(
                "Already closed: stores of a projection's task. Processors have neither them nor a"
                        + " time in close() any more: use them in process() or in a Punctuator.",
                e.getCause().getMessage());
        assertEquals(IllegalStateException.class, e.getCause().getSuppressed()[0].getClass());
    }

    private static final class AtTheEnd
            implements Processor<String, TextStreams.Text, String, Long> {
        private ProcessorContext<String, Long> context;
        private KeyValueStore<String, Long> seen;

        @Override
        public void init(ProcessorContext<String, Long> given) {
            context = given;
            seen = given.store(SEEN);
        }

        @Override
        public void process(Record<String, TextStreams.Text> record) {
            seen.put(record.key(), 1L);
        }

        @Override
        public void close() {
            try {
                seen.put("b", 1L);
            } catch (RuntimeException e) {
                try {
                    context.forward(new Record<>("b", 1L, 0));
                } catch (RuntimeException more) {
                    e.addSuppressed(more);
                }
                throw e;
            }
        }
    }

    @Test
    void shouldCloseInADriverThatCrashesRebuildsAndCloses() {
        texts.process(() -> noting("one"));
        TopologyTestDriver driver = new TopologyTestDriver(builder.build());
        driver.crash();
        assertEquals(List.of("init one", "close one", "init one"), done);
        driver.close();
        assertEquals(Optional.of("close one"), done.stream().skip(3).findFirst());
    }

    @Test
    void shouldTellOfOneThatFailsInADriver() {
        texts.process(() -> failing("one"));
        Topology topology = builder.build();
        TopologyTestDriver driver =
                new TopologyTestDriver(
                        Projection.of("a", 1, topology), Projection.of("b", 1, topology));
        done.clear();
        assertThrows(ProcessorCloseException.class, driver::close);
        assertEquals(List.of("close one", "close one"), done);
    }
}
