package io.varve.parity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Initializer;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.SessionWindowedKStream;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.SlidingWindows;
import org.apache.kafka.streams.kstream.TimeWindowedKStream;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;

/** Windows of Kafka Streams, whose rows are kept long enough to be compared. */
final class KafkaWindows {
    private static final Duration LONG = Duration.ofDays(365);

    private KafkaWindows() {}

    static KTable<Windowed<String>, Long> aggregated(
            KGroupedStream<String, Long> group,
            Step.AggregateWindows step,
            String store,
            boolean withOldValues,
            boolean asItIs) {
        Windowing windows = step.windows();
        EmitStrategy strategy =
                windows.onClose() ? EmitStrategy.onWindowClose() : EmitStrategy.onWindowUpdate();
        if (windows.shape() == Windowing.Shape.SESSION) {
            return sessions(
                    group.windowedBy(gap(windows)).emitStrategy(strategy),
                    step.folding(),
                    sessionStore(store, gap(windows)));
        }
        TimeWindowedKStream<String, Long> windowed =
                switch (windows.shape()) {
                    case TUMBLING -> group.windowedBy(tumbling(windows));
                    case HOPPING -> group.windowedBy(hopping(windows));
                    default -> group.windowedBy(sliding(windows));
                };
        return aggregated(
                windowed.emitStrategy(strategy),
                step.folding(),
                windows.shape() == Windowing.Shape.SLIDING && !asItIs
                        ? slides(store, windows)
                        : windowStore(store),
                withOldValues);
    }

    private static KTable<Windowed<String>, Long> aggregated(
            TimeWindowedKStream<String, Long> group,
            Folding folding,
            Materialized<String, Long, WindowStore<Bytes, byte[]>> store,
            boolean withOldValues) {
        if (folding.isReduce()) {
            return group.reduce(folding::of, store);
        }
        if (withOldValues) {
            return group.aggregate(Folding::nothing, folding::fromNothing, store);
        }
        return folding == Folding.COUNT
                ? group.count(store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        store);
    }

    private static KTable<Windowed<String>, Long> sessions(
            SessionWindowedKStream<String, Long> group,
            Folding folding,
            Materialized<String, Long, SessionStore<Bytes, byte[]>> store) {
        if (folding == Folding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::of, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        (key, first, second) -> Folding.merged(first, second),
                        store);
    }

    static KTable<Windowed<String>, Long> cogrouped(
            CogroupedKStream<String, Long> groups,
            Windowing windows,
            String store,
            Initializer<Long> initial) {
        return switch (windows.shape()) {
            case TUMBLING ->
                    groups.windowedBy(tumbling(windows)).aggregate(initial, windowStore(store));
            case HOPPING ->
                    groups.windowedBy(hopping(windows)).aggregate(initial, windowStore(store));
            case SLIDING ->
                    groups.windowedBy(sliding(windows)).aggregate(initial, slides(store, windows));
            // Each record begins a session, which is then merged with others.
            case SESSION ->
                    groups.windowedBy(gap(windows))
                            .aggregate(
                                    () -> Folding.INITIAL,
                                    (key, first, second) -> Folding.merged(first, second),
                                    sessionStore(store, gap(windows)));
        };
    }

    private static TimeWindows tumbling(Windowing windows) {
        return TimeWindows.ofSizeAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static TimeWindows hopping(Windowing windows) {
        return tumbling(windows).advanceBy(windows.advanceTime());
    }

    private static SlidingWindows sliding(Windowing windows) {
        return SlidingWindows.ofTimeDifferenceAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static SessionWindows gap(Windowing windows) {
        return SessionWindows.ofInactivityGapAndGrace(windows.sizeTime(), windows.graceTime());
    }

    private static Materialized<String, Long, WindowStore<Bytes, byte[]>> windowStore(String name) {
        return kept(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as(name))
                .withStoreType(new BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers());
    }

    private static Materialized<String, Long, WindowStore<Bytes, byte[]>> slides(
            String name, Windowing windows) {
        return kept(
                Materialized.as(
                        new KafkaSlides(name, LONG.toMillis(), windows.sizeTime().toMillis())));
    }

    private static Materialized<String, Long, SessionStore<Bytes, byte[]>> sessionStore(
            String name, SessionWindows windows) {
        long closesAfter = windows.inactivityGap() + windows.gracePeriodMs();
        return kept(Materialized.as(new KafkaSessions(name, LONG.toMillis(), closesAfter)));
    }

    private static <S extends StateStore> Materialized<String, Long, S> kept(
            Materialized<String, Long, S> store) {
        return store.withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long())
                .withRetention(LONG)
                .withCachingDisabled()
                .withLoggingDisabled();
    }

    static List<String> sessionRows(TopologyTestDriver driver, String store) {
        List<String> rows = new ArrayList<>();
        try (KeyValueIterator<Windowed<String>, Long> all =
                driver.<String, Long>getSessionStore(store).fetch(null, null)) {
            all.forEachRemaining(row -> rows.add(Outcome.row(text(row.key), row.value)));
        }
        rows.sort(null);
        return rows;
    }

    static List<String> rows(TopologyTestDriver driver, String store) {
        List<String> rows = new ArrayList<>();
        try (KeyValueIterator<Windowed<String>, Long> all =
                driver.<String, Long>getWindowStore(store).all()) {
            all.forEachRemaining(row -> rows.add(Outcome.row(text(row.key), row.value)));
        }
        rows.sort(null);
        return rows;
    }

    static String text(Windowed<String> key) {
        return Outcome.windowed(key.key(), key.window().start(), key.window().end());
    }
}
