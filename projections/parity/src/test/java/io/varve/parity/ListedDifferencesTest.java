package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What parity.md lists as different is different, so that the list is neither short nor long. */
class ListedDifferencesTest {
    private static final Step SOURCE = new Step.Source("in0");
    private static final List<Input> ONE = List.of(new Input("in0", "a", 7L, 100));

    @Test
    void shouldTakeAStreamMergedWithItselfTwice() {
        Case merged = new Case(List.of(SOURCE, new Step.Merge(0, 0)), ONE);

        assertEquals(List.of("a=7 @100", "a=7 @100"), ours(merged));
        assertEquals(List.of("a=7 @100"), theirs(merged));
    }

    @Test
    void shouldNotTakeTheFirstValueOfAnAggregationForARow() {
        Case filtered =
                new Case(
                        List.of(
                                SOURCE,
                                new Step.Aggregate(
                                        0, Optional.empty(), Folding.AGGREGATE_NULL_IF_EVEN),
                                new Step.Filter(1, Kind.TABLE, Check.EVEN, true),
                                new Step.ToStream(2)),
                        ONE);

        assertEquals(List.of(), ours(filtered));
        assertEquals(List.of("a=null @100"), theirs(filtered));
    }

    private static List<String> ours(Case given) {
        return VarveSystem.run(given).outputs().values().iterator().next();
    }

    private static List<String> theirs(Case given) {
        return KafkaSystem.asItIs(given).outputs().values().iterator().next();
    }
}
