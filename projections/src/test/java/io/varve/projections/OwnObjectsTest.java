package io.varve.projections;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnObjectsTest {
    /** Remembers something in a field. */
    private static final class Counting
            implements Processor<String, String, String, String>,
                    FixedKeyProcessor<String, String, String> {
        private long seen;

        @Override
        public void init(ProcessorContext<String, String> context) {}

        @Override
        public void process(Record<String, String> record) {
            seen++;
        }

        @Override
        public void init(FixedKeyProcessorContext<String, String> context) {}

        @Override
        public void process(FixedKeyRecord<String, String> record) {
            seen++;
        }

        @Override
        public void close() {}
    }

    private final EventStream<String, String> texts = new TextStreams().stream("t");

    @Test
    void shouldRefuseASupplierThatGivesOneObjectTwice() {
        Counting one = new Counting();
        Processor<String, String, String, String> shared = one;
        FixedKeyProcessor<String, String, String> fixed = one;
        for (TopologyException e :
                new TopologyException[] {
                    assertThrows(TopologyException.class, () -> texts.process(() -> shared)),
                    assertThrows(TopologyException.class, () -> texts.processValues(() -> fixed))
                }) {
            assertTrue(e.getMessage().contains("same processor is given twice"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseTwoSuppliersThatGiveOneObject() {
        List<Processor<String, String, String, String>> some =
                List.of(new Counting(), new Counting(), new Counting());
        AtomicInteger given = new AtomicInteger();
        texts.process(() -> some.get(given.getAndIncrement()));
        TopologyException e =
                assertThrows(
                        TopologyException.class,
                        () -> texts.process(() -> some.get(given.getAndIncrement() - 1)));
        assertTrue(e.getMessage().contains("same processor is given twice"), e.getMessage());
    }

    @Test
    void shouldTakeNewOnesAndThoseWithoutFields() {
        texts.process(() -> (Processor<String, String, String, String>) new Counting());
        texts.<String>processValues(() -> record -> {});
    }
}
