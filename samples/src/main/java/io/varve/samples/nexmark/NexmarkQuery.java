package io.varve.samples.nexmark;

import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.Topology;
import io.varve.projections.query.ReadOnlyKeyValueStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A question that is asked of the auction house.
 *
 * @param name as in the specification: q0, q1 and so on
 * @param about what it asks, in words
 * @param result where the answer is kept
 * @param topology that gives it
 * @param oracle the same answer, computed by a plain loop over the events
 * @param <K> keys
 * @param <V> values
 */
record NexmarkQuery<K, V>(
        String name,
        String about,
        StoreRef<K, V> result,
        Topology topology,
        Function<Iterable<NexmarkEvent>, Map<K, V>> oracle) {

    /** All that there are, by their numbers. */
    static List<NexmarkQuery<?, ?>> all() {
        return Stream.of(BidQueries.all(), AuctionQueries.all(), WindowQueries.all())
                .flatMap(List::stream)
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .toList();
    }

    private int number() {
        return Integer.parseInt(name.substring(1));
    }

    Projection projection() {
        return Projection.of("nexmark-" + name, 1, topology);
    }

    /**
     * Compares a read model with what it must be.
     *
     * @param rows all rows of the result
     * @param events that they were made of
     * @return how many rows there are, and how many are missing, wrong, or too many
     */
    Comparison compare(ReadOnlyKeyValueStore<K, V> rows, Iterable<NexmarkEvent> events) {
        Map<K, V> expected = new HashMap<>(oracle.apply(events));
        long[] counts = {0, 0};
        rows.forEach(
                (key, value) -> {
                    counts[0]++;
                    counts[1] += Objects.equals(expected.remove(key), value) ? 0 : 1;
                });
        return new Comparison(counts[0], counts[1] + expected.size());
    }

    /** What came of comparing. */
    record Comparison(long rows, long differences) {
        boolean right() {
            return differences == 0;
        }
    }
}
