package io.varve.projections;

import static io.varve.projections.TextStreams.TEXT;
import static io.varve.projections.TextStreams.kept;

import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A program for each operator that keeps something, from two streams of texts to one. */
final class StatefulPrograms {
    /** What a program makes of its streams. */
    @FunctionalInterface
    interface Program {
        EventStream<String, String> of(
                StreamsBuilder builder,
                EventStream<String, String> left,
                EventStream<String, String> right);
    }

    private static final Serde<Long> NUMBER = Serdes.int64();
    private static final Grouped<String, String> TEXTS = Grouped.with(TEXT, TEXT);
    private static final JoinWindows NEAR =
            JoinWindows.ofTimeDifferenceAndGrace(millis(12), millis(5));
    private static final TimeWindows TENS = TimeWindows.ofSizeAndGrace(millis(10), millis(5));
    private static final StoreRef<String, Long> CALLS = StoreRef.of("calls");

    private StatefulPrograms() {}

    static Map<String, Program> all() {
        Map<String, Program> all = new LinkedHashMap<>();
        tables(all);
        windows(all);
        joins(all);
        return all;
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static <K, V> Materialized<Windowed<K>, V> windowed(
            String store, Serde<K> keys, Serde<V> values) {
        return Materialized.windowed(StoreRef.of(store), keys, values);
    }

    private static <V> EventStream<String, String> told(Table<String, V> table) {
        return table.toStream().mapValues(String::valueOf);
    }

    private static <V> EventStream<String, String> toldOf(Table<Windowed<String>, V> table) {
        return table.toStream()
                .map(
                        (window, value) ->
                                KeyValue.pair(
                                        window.key(), window.window().startMillis() + "=" + value));
    }

    private static String joined(Object left, Object right) {
        return left + "+" + right;
    }

    private static void tables(Map<String, Program> all) {
        all.put(
                "count",
                (builder, left, right) ->
                        told(
                                left.groupByKey(TEXTS)
                                        .count(
                                                Materialized.as(
                                                        StoreRef.of("counts"), TEXT, NUMBER))));
        all.put(
                "count that expires",
                (builder, left, right) ->
                        told(
                                left.groupByKey(TEXTS)
                                        .count(
                                                Materialized.<String, Long>as(
                                                                StoreRef.of("counts"), TEXT, NUMBER)
                                                        .withTtl(millis(20)))));
        all.put(
                "reduce",
                (builder, left, right) ->
                        told(
                                left.groupByKey(TEXTS)
                                        .reduce(StatefulPrograms::joined, kept("reduced"))));
        all.put(
                "table",
                (builder, left, right) ->
                        told(left.toTable(kept("rows")).mapValues(v -> v + "!", kept("mapped"))));
        all.put(
                "table with versions",
                (builder, left, right) -> told(left.toTable(kept("rows").versioned(millis(20)))));
        all.put(
                "groups of a table",
                (builder, left, right) ->
                        told(
                                left.toTable(kept("rows"))
                                        .groupBy((k, v) -> KeyValue.pair(v, k), TEXTS)
                                        .count(
                                                Materialized.as(
                                                        StoreRef.of("groups"), TEXT, NUMBER))));
        all.put(
                "suppress until a time limit",
                (builder, left, right) ->
                        told(
                                left.toTable(kept("rows"))
                                        .suppress(
                                                Suppressed.untilTimeLimit(
                                                        millis(9),
                                                        BufferConfig.maxRecords(3),
                                                        kept("held")))));
        all.put(
                "cogroup",
                (builder, left, right) ->
                        told(
                                left.groupByKey(TEXTS)
                                        .<String>cogroup((k, v, sum) -> sum + v)
                                        .cogroup(right.groupByKey(TEXTS), (k, v, sum) -> sum + "-")
                                        .aggregate(() -> "", kept("sums"))));
        all.put(
                "processor",
                (builder, left, right) -> {
                    builder.addStateStore(Materialized.as(CALLS, TEXT, NUMBER));
                    return left.process(Clock::new, Named.as("clock"), CALLS);
                });
    }

    /** Counts, and tells how much when it is called. */
    private static final class Clock implements Processor<String, String, String, String> {
        private KeyValueStore<String, Long> calls;

        @Override
        public void init(ProcessorContext<String, String> context) {
            calls = context.store(CALLS);
            schedule(context, 7, PunctuationType.STREAM_TIME);
            schedule(context, 11, PunctuationType.WALL_CLOCK_TIME);
        }

        private void schedule(
                ProcessorContext<String, String> context, long interval, PunctuationType type) {
            context.schedule(
                    millis(interval),
                    type,
                    now ->
                            context.forward(
                                    new Record<>(
                                            type.name(),
                                            now + ":" + calls.get("all").orElse(0L),
                                            now)));
        }

        @Override
        public void process(Record<String, String> record) {
            calls.put("all", calls.get("all").orElse(0L) + 1);
        }
    }

    private static void windows(Map<String, Program> all) {
        all.put(
                "tumbling",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .windowedBy(TENS)
                                        .count(windowed("tens", TEXT, NUMBER))));
        all.put(
                "hopping on close",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .windowedBy(TENS.advanceBy(millis(5)))
                                        .emitStrategy(EmitStrategy.onWindowClose())
                                        .reduce(
                                                StatefulPrograms::joined,
                                                windowed("hops", TEXT, TEXT))));
        all.put(
                "sliding",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .windowedBy(
                                                SlidingWindows.ofTimeDifferenceAndGrace(
                                                        millis(8), millis(5)))
                                        .count(windowed("slides", TEXT, NUMBER))));
        all.put(
                "sessions",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .windowedBy(
                                                SessionWindows.ofInactivityGapAndGrace(
                                                        millis(6), millis(5)))
                                        .reduce(
                                                StatefulPrograms::joined,
                                                windowed("sessions", TEXT, TEXT))));
        all.put(
                "suppress until windows close",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .windowedBy(TENS)
                                        .count(windowed("tens", TEXT, NUMBER))
                                        .suppress(
                                                Suppressed.untilWindowCloses(
                                                        windowed("held", TEXT, NUMBER)))));
        all.put(
                "cogroup in windows",
                (builder, left, right) ->
                        toldOf(
                                left.groupByKey(TEXTS)
                                        .<String>cogroup((k, v, sum) -> sum + v)
                                        .cogroup(right.groupByKey(TEXTS), (k, v, sum) -> sum + "-")
                                        .windowedBy(TENS)
                                        .aggregate(() -> "", windowed("tens", TEXT, TEXT))));
    }

    private static void joins(Map<String, Program> all) {
        StreamJoined<String, String, String> joined =
                StreamJoined.with(StoreRef.of("pairs"), TEXT, TEXT, TEXT);
        all.put(
                "join",
                (builder, left, right) -> left.join(right, StatefulPrograms::joined, NEAR, joined));
        all.put(
                "left join",
                (builder, left, right) ->
                        left.leftJoin(right, StatefulPrograms::joined, NEAR, joined));
        all.put(
                "outer join",
                (builder, left, right) ->
                        left.outerJoin(right, StatefulPrograms::joined, NEAR, joined));
        all.put(
                "join with a table",
                (builder, left, right) ->
                        left.leftJoin(right.toTable(kept("rows")), StatefulPrograms::joined));
        all.put(
                "join with a table as of a time",
                (builder, left, right) ->
                        left.leftJoin(
                                right.toTable(kept("rows").versioned(millis(20))),
                                StatefulPrograms::joined));
        all.put(
                "join with a grace period",
                (builder, left, right) ->
                        left.leftJoin(
                                right.toTable(kept("rows").versioned(millis(20))),
                                StatefulPrograms::joined,
                                Joined.withGracePeriod(
                                        millis(7), StoreRef.of("waiting"), TEXT, TEXT)));
        all.put(
                "join of tables",
                (builder, left, right) ->
                        told(
                                left.toTable(kept("left-rows"))
                                        .outerJoin(
                                                right.toTable(kept("right-rows")),
                                                StatefulPrograms::joined,
                                                kept("both"))));
        all.put(
                "join by foreign key",
                (builder, left, right) ->
                        told(
                                left.toTable(kept("left-rows"))
                                        .leftJoin(
                                                right.toTable(kept("right-rows")),
                                                value -> value.substring(0, 1).toLowerCase(),
                                                StatefulPrograms::joined,
                                                kept("both"))));
    }
}
