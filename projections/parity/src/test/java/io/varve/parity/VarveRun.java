package io.varve.parity;

import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Windowed;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** A topology of ours, written by hand, of categories with text. */
final class VarveRun implements AutoCloseable {
    private static final EventSerde<Text> TEXTS =
            EventSerde.of(Text.class).record("text", Text.class).build();

    private final TopologyTestDriver driver;

    /** An event. */
    record Text(String text) {}

    VarveRun(StreamsBuilder builder) {
        driver = new TopologyTestDriver(builder.build());
    }

    static EventStream<String, String> texts(StreamsBuilder builder, String category) {
        return builder.stream(category, Consumed.with(TEXTS)).mapValues(Text::text);
    }

    /** The values that come to the end of a stream, while it runs. */
    static List<String> told(EventStream<?, String> stream) {
        return told(stream, (key, value) -> value);
    }

    static <K, V> List<String> told(EventStream<K, V> stream, BiFunction<K, V, String> text) {
        List<String> told = new ArrayList<>();
        stream.process(
                () -> record -> told.add(String.valueOf(text.apply(record.key(), record.value()))));
        return told;
    }

    VarveRun pipe(String category, String key, String value, long time) {
        driver.pipe(category, key, new Text(value), time);
        return this;
    }

    <K, V> Map<String, V> rows(StoreRef<K, V> store, Function<K, String> text) {
        Map<String, V> rows = new TreeMap<>();
        driver.store(store).forEach((key, value) -> rows.put(text.apply(key), value));
        return rows;
    }

    <V> Map<String, V> windows(StoreRef<Windowed<String>, V> store) {
        return rows(store, VarveWindows::text);
    }

    @Override
    public void close() {
        driver.assertRebuildMatches();
        driver.close();
    }
}
