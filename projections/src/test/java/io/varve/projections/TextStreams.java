package io.varve.projections;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.List;

/** Streams of texts, which may be null, for tests of what is made of several of them. */
final class TextStreams {
    static final Serde<String> TEXT = Serdes.utf8();

    static final EventSerde<Text> SERDE =
            EventSerde.of(Text.class).json("text", Text.class).build();

    final StreamsBuilder builder = new StreamsBuilder();

    /** An event whose text may be null. */
    record Text(String text) {}

    EventStream<String, String> stream(String category) {
        return builder.stream(category, Consumed.with(SERDE)).mapValues(Text::text);
    }

    Table<String, String> table(String category) {
        return stream(category).toTable(kept(category + "-rows"));
    }

    static Materialized<String, String> kept(String store) {
        return Materialized.as(StoreRef.of(store), TEXT, TEXT);
    }

    /** Writes down what comes, as {@code key=value@time}. */
    static <K, V> List<String> seen(EventStream<K, V> stream) {
        List<String> seen = new ArrayList<>();
        stream.processValues(
                () -> one -> seen.add(one.key() + "=" + one.value() + "@" + one.timestamp()));
        return seen;
    }

    TopologyTestDriver driver() {
        return new TopologyTestDriver(builder.build());
    }

    static void pipe(
            TopologyTestDriver driver, String category, String key, String text, long time) {
        driver.pipe(category, key, new Text(text), time);
    }

    /** All rows, as {@code key=value}. */
    static List<String> rows(TopologyTestDriver driver, StoreRef<?, ?> store) {
        List<String> rows = new ArrayList<>();
        driver.store(store).forEach((key, value) -> rows.add(key + "=" + value));
        return rows;
    }

    /** The same after a crash, and in each rebuild. */
    static List<String> rowsAfterCrash(TopologyTestDriver driver, StoreRef<?, ?> store) {
        driver.crash();
        driver.assertRebuildMatches();
        return rows(driver, store);
    }

    static List<String> take(List<String> seen) {
        List<String> taken = List.copyOf(seen);
        seen.clear();
        return taken;
    }
}
