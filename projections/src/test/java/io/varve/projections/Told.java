package io.varve.projections;

import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;

/** What nodes behind a table are told of, in order, and at which times. */
final class Told {
    static final EventSerde<String> TEXT =
            EventSerde.of(String.class).type("text", String.class, Serdes.utf8()).build();

    private static final StoreRef<String, String> TOLD = StoreRef.of("told");
    private static final StoreRef<Windowed<String>, String> AT = StoreRef.of("told-at");

    private Told() {}

    static GroupedStream<String, String> words(StreamsBuilder builder) {
        return builder.stream("words", Consumed.with(TEXT))
                .groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));
    }

    static Windowed<String> key(String key, long start, long end) {
        return new Windowed<>(key, new Window(start, end));
    }

    /** Follows a table of windows; each change is {@code key@start-end=value}. */
    static void follow(Table<Windowed<String>, ?> table) {
        followTexts(
                table.toStream()
                        .map((key, value) -> new KeyValue<>("all", text(key) + "=" + value)));
    }

    /** Follows another table; each change is {@code key=value}. */
    static void followPlain(Table<String, ?> table) {
        followTexts(table.toStream().map((key, value) -> new KeyValue<>("all", key + "=" + value)));
    }

    private static void followTexts(EventStream<String, String> texts) {
        GroupedStream<String, String> all =
                texts.groupByKey(Grouped.with(Serdes.utf8(), Serdes.utf8()));
        all.reduce((old, next) -> old + " " + next, Materialized.as(TOLD));
        // A window of a millisecond has the time of its records as its start.
        all.windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(1), Duration.ofDays(1)))
                .reduce((old, next) -> old + " " + next, Materialized.as(AT));
    }

    static String text(Windowed<String> key) {
        return key.key() + "@" + key.window().startMillis() + "-" + key.window().endMillis();
    }

    static List<String> all(TopologyTestDriver driver) {
        return driver.store(TOLD).get("all").map(all -> List.of(all.split(" "))).orElse(List.of());
    }

    static List<String> at(TopologyTestDriver driver, long time) {
        return driver.store(AT)
                .get(key("all", time, time + 1))
                .map(all -> List.of(all.split(" ")))
                .orElse(List.of());
    }
}
