package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.EventStream;
import io.varve.projections.FixedKeyProcessor;
import io.varve.projections.FixedKeyProcessorContext;
import io.varve.projections.FixedKeyRecord;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Record;
import io.varve.store.EventHeaders;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The comparison sees what is wrong, and says it in few words. */
class ComparisonTest {
    private static final int TRIES = 100;

    @Test
    void shouldNoticeARecordThatIsDropped() {
        String said = noticed(source -> source.filter((key, value) -> !isSeven(value)));

        assertTrue(said.contains("seed="), said);
        assertTrue(said.contains("=7 @"), said);
        assertTrue(said.contains("KSTREAM-SOURCE"), said);
    }

    @Test
    void shouldNoticeATombstoneThatIsDropped() {
        noticed(source -> source.filter((key, value) -> value != null));
    }

    @Test
    void shouldNoticeAnotherTime() {
        noticed(source -> source.process(Later::new));
    }

    @Test
    void shouldNoticeAnotherHeader() {
        String said = noticed(source -> source.processValues(() -> new Headless()));

        assertTrue(said.matches("(?s).*theirs [^\\[]+ @\\d+ h\\d.*"), said);
    }

    private static final class Headless implements FixedKeyProcessor<String, Long, Long> {
        private FixedKeyProcessorContext<String, Long> context;

        @Override
        public void init(FixedKeyProcessorContext<String, Long> given) {
            context = given;
        }

        @Override
        public void process(FixedKeyRecord<String, Long> record) {
            context.forward(record.withHeaders(EventHeaders.NONE));
        }
    }

    @Test
    void shouldNoticeRecordsThatChangePlaces() {
        noticed(source -> source.process(Swapped::new));
    }

    @Test
    void shouldNoticeAnotherRowInAStore() {
        Comparison comparison = comparison(ComparisonTest::withOneRowLess);

        assertTrue(found(comparison).contains("store "), found(comparison));
    }

    @Test
    void shouldLeaveOnlyWhatIsNeededForADifference() {
        String said = noticed(source -> source.filter((key, value) -> !isSeven(value)));

        assertEquals(
                1, said.lines().filter(line -> line.matches("  \\d+: Source.*")).count(), said);
        assertEquals(1, said.lines().filter(line -> line.matches("  in\\d .*")).count(), said);
    }

    private static boolean isSeven(Long value) {
        return Objects.equals(value, 7L);
    }

    private static String noticed(UnaryOperator<EventStream<String, Long>> fault) {
        return found(comparison(given -> VarveSystem.run(given, fault)));
    }

    private static Comparison comparison(Function<Case, Outcome> ours) {
        return new Comparison(ours, KafkaSystem::run);
    }

    private static String found(Comparison comparison) {
        return LongStream.range(0, TRIES)
                .mapToObj(comparison::differenceAt)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing noticed"));
    }

    private static Outcome withOneRowLess(Case given) {
        Outcome outcome = VarveSystem.run(given);
        outcome.stores()
                .replaceAll(
                        (store, rows) ->
                                rows.isEmpty() ? rows : List.copyOf(rows.subList(1, rows.size())));
        return outcome;
    }

    /** Forwards records as a millisecond later. */
    private static final class Later implements Processor<String, Long, String, Long> {
        private ProcessorContext<String, Long> context;

        @Override
        public void init(ProcessorContext<String, Long> context) {
            this.context = context;
        }

        @Override
        public void process(Record<String, Long> record) {
            context.forward(new Record<>(record.key(), record.value(), record.timestamp() + 1));
        }
    }

    /** Forwards every second record before the first. */
    private static final class Swapped implements Processor<String, Long, String, Long> {
        private ProcessorContext<String, Long> context;
        private Record<String, Long> held;

        @Override
        public void init(ProcessorContext<String, Long> context) {
            this.context = context;
        }

        @Override
        public void process(Record<String, Long> record) {
            if (held == null) {
                held = record;
                return;
            }
            context.forward(record);
            context.forward(held);
            held = null;
        }
    }
}
