package io.varve.parity;

import io.varve.projections.BufferConfig;
import io.varve.projections.CogroupedStream;
import io.varve.projections.Consumed;
import io.varve.projections.EventStream;
import io.varve.projections.Grouped;
import io.varve.projections.GroupedStream;
import io.varve.projections.Materialized;
import io.varve.projections.ProcessorSupplier;
import io.varve.projections.Produced;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Suppressed;
import io.varve.projections.Table;
import io.varve.projections.Topology;
import io.varve.projections.Windowed;
import io.varve.projections.testing.TopologyTestDriver;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Makes a case with Varve. */
final class VarveSystem {
    private static final EventSerde<Input.Event> EVENTS =
            EventSerde.of(Input.Event.class).record("event", Input.Event.class).build();

    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<Integer, EventStream<String, Long>> streams = new HashMap<>();
    private final Map<Integer, Table<String, Long>> tables = new HashMap<>();
    private final Map<Integer, Table<Windowed<String>, Long>> windowed = new HashMap<>();
    private final List<StoreRef<String, Long>> stores = new ArrayList<>();
    private final Map<String, VarveVersions> versions = new TreeMap<>();
    private final List<StoreRef<Windowed<String>, Long>> windowedStores = new ArrayList<>();
    private final Case given;
    private final Outcome outcome = new Outcome();
    private final UnaryOperator<EventStream<String, Long>> sources;
    private boolean collecting = true;
    private final Topology topology;

    private VarveSystem(Case given, UnaryOperator<EventStream<String, Long>> sources) {
        this(given, sources, IntStream.range(0, given.steps().size()).boxed().toList());
    }

    private VarveSystem(
            Case given, UnaryOperator<EventStream<String, Long>> sources, List<Integer> order) {
        this.given = given;
        this.sources = sources;
        order.forEach(step -> add(step, given.steps().get(step)));
        for (int end : given.ends()) {
            collect(end);
        }
        topology = builder.build();
    }

    static Topology topology(Case given) {
        return new VarveSystem(given, stream -> stream).topology;
    }

    /** Its steps declared in another order. */
    static Topology topology(Case given, List<Integer> order) {
        return new VarveSystem(given, stream -> stream, order).topology;
    }

    static Outcome run(Case given, List<Integer> order) {
        return new VarveSystem(given, stream -> stream, order).run();
    }

    /** Runs a case; crashes at times, and is built anew at last. */
    static Outcome run(Case given) {
        return run(given, stream -> stream);
    }

    /** Runs a case, and does something to the records of all sources before. */
    static Outcome run(Case given, UnaryOperator<EventStream<String, Long>> sources) {
        return new VarveSystem(given, sources).run();
    }

    private Outcome run() {
        List<Input> inputs = given.readInputs();
        Random random = new Random(inputs.size());
        try (TopologyTestDriver driver = new TopologyTestDriver(topology)) {
            // What is sent is appended after a commit.
            driver.commitEvery(given.isSentAndRead() ? 1 : 1 + random.nextInt(5));
            for (Input input : inputs) {
                pipe(driver, input);
                if (random.nextInt(10) == 0) {
                    quietly(driver::crash);
                }
            }
            stores.forEach(store -> read(driver, store, Outcome::row));
            versions.forEach(
                    (store, rows) ->
                            outcome.stores().put(store, rows.text(driver, store, given.end())));
            windowedStores.forEach(
                    store ->
                            read(
                                    driver,
                                    store,
                                    (key, value) -> Outcome.row(VarveWindows.text(key), value)));
            given.sent().forEach(step -> readSent(driver, "sent" + step));
            quietly(driver::assertRebuildMatches);
        }
        return outcome;
    }

    private void readSent(TopologyTestDriver driver, String category) {
        outcome.outputs()
                .put(
                        category,
                        driver.emitted(category, Input.Event.class).stream()
                                .map(
                                        one ->
                                                Outcome.record(
                                                        one.key(),
                                                        one.event().toValue(),
                                                        one.eventTimeMillis(),
                                                        Input.header(one.headers())))
                                .toList());
    }

    /** Its events go through a driver. */
    static void pipe(TopologyTestDriver driver, Input input) {
        if (input.isTick()) {
            driver.advanceWallClockTime(Duration.ofMillis(input.time()));
            return;
        }
        driver.pipe(input.category(), input.key(), input.event(), input.time(), input.headers());
    }

    private <K> void read(
            TopologyTestDriver driver, StoreRef<K, Long> store, BiFunction<K, Long, String> row) {
        outcome.stores()
                .put(
                        store.name(),
                        driver.store(store).all().stream()
                                .map(entry -> row.apply(entry.getKey(), entry.getValue()))
                                .sorted()
                                .toList());
    }

    /** What is done again is not collected again. */
    private void quietly(Runnable again) {
        collecting = false;
        again.run();
        collecting = true;
    }

    private void collect(int end) {
        List<String> records = new ArrayList<>();
        outcome.outputs().put("out" + end, records);
        ProcessorSupplier<String, Long, String, Long> collector =
                () ->
                        record -> {
                            if (collecting) {
                                records.add(
                                        Outcome.record(
                                                record.key(),
                                                record.value(),
                                                record.timestamp(),
                                                Input.header(record.headers())));
                            }
                        };
        streams.get(end).process(collector);
    }

    private void add(int number, Step step) {
        switch (step.kind()) {
            case STREAM -> streams.put(number, stream(number, step));
            case TABLE -> tables.put(number, table(number, step));
            case WINDOWED_TABLE -> windowed.put(number, windowed(number, step));
        }
    }

    private EventStream<String, Long> stream(int number, Step step) {
        if (step instanceof Step.Source source) {
            return sources.apply(read(source.category()));
        }
        if (step instanceof Step.ToStream) {
            return tables.get(step.from().get(0)).toStream();
        }
        if (step instanceof Step.WindowsToStream) {
            return windowed.get(step.from().get(0))
                    .toStream()
                    .selectKey((key, value) -> VarveWindows.text(key));
        }
        EventStream<String, Long> from = streams.get(step.from().get(0));
        if (step instanceof Step.JoinTable join) {
            return VarveJoins.withTable(from, tables.get(join.right()), join, "b" + number);
        }
        if (step instanceof Step.JoinStreams join) {
            return VarveJoins.streams(from, streams.get(join.right()), join, "j" + number);
        }
        if (step instanceof Step.Process process) {
            return VarveProcesses.processed(builder, from, process.work(), store(number));
        }
        if (step instanceof Step.To) {
            send("sent" + number, from);
            return given.isRead(number) ? read("sent" + number) : from;
        }
        if (step instanceof Step.Expiring expiring) {
            return from.toTable(store(number).withTtl(Duration.ofMillis(expiring.millis())))
                    .toStream();
        }
        if (step instanceof Step.Merge merge) {
            return from.merge(streams.get(merge.right()));
        }
        return VarveRecords.made(step, from, "b" + number + "-");
    }

    private static void send(String category, EventStream<String, Long> from) {
        from.filter((key, value) -> key != null && value != null)
                .mapValues(Input.Event::of)
                .to(category, Produced.with(EVENTS));
    }

    private EventStream<String, Long> read(String category) {
        Consumed<Input.Event> consumed = Consumed.with(EVENTS);
        return builder.stream(
                        category,
                        given.hasTicks() ? consumed.withTicks(Duration.ofMillis(20)) : consumed)
                .mapValues(Input.Event::toValue);
    }

    private Table<String, Long> table(int number, Step step) {
        int parent = step.from().get(0);
        if (step instanceof Step.Filter filter) {
            Table<String, Long> from = tables.get(parent);
            return filter.not()
                    ? from.filterNot(filter.check()::test)
                    : from.filter(filter.check()::test);
        }
        if (step instanceof Step.MapValues map) {
            return tables.get(parent).mapValues(map.change()::of);
        }
        if (step instanceof Step.Suppress suppress) {
            return tables.get(parent)
                    .suppress(
                            Suppressed.untilTimeLimit(
                                    Duration.ofMillis(suppress.limit().orElseThrow()),
                                    limits(suppress),
                                    buffer(number)));
        }
        if (step instanceof Step.JoinTables join) {
            return VarveJoins.tables(
                    tables.get(parent),
                    tables.get(join.right()),
                    join.joining(),
                    join.kept() ? Optional.of(store(number)) : Optional.empty());
        }
        if (step instanceof Step.JoinForeign join) {
            Table<String, Long> other = tables.get(join.right());
            Function<Long, String> key = value -> join.foreign().of(null, value);
            return join.joining() == Joining.INNER
                    ? tables.get(parent).join(other, key, Joining::of, store(number))
                    : tables.get(parent).leftJoin(other, key, Joining::of, store(number));
        }
        if (step instanceof Step.GroupTable group) {
            return VarveGroups.regrouped(tables.get(parent), group, store(number));
        }
        if (step instanceof Step.Cogroup cogroup) {
            return cogroup(cogroup).aggregate(() -> Folding.INITIAL, store(number));
        }
        if (step instanceof Step.ToTable) {
            return streams.get(parent).toTable(store(number));
        }
        if (step instanceof Step.Aggregate aggregate) {
            return VarveGroups.aggregated(
                    group(aggregate.parent(), aggregate.by()), aggregate.folding(), store(number));
        }
        throw new IllegalStateException(step.toString());
    }

    private Table<Windowed<String>, Long> windowed(int number, Step step) {
        Table<Windowed<String>, Long> from = windowed.get(step.from().get(0));
        if (step instanceof Step.Filter filter) {
            return from.filter(
                    (key, value) -> filter.check().test(key.key(), value) != filter.not());
        }
        if (step instanceof Step.MapValues map) {
            return from.mapValues((key, value) -> map.change().of(key.key(), value));
        }
        if (step instanceof Step.Suppress suppress) {
            Materialized<Windowed<String>, Long> buffer =
                    Materialized.windowed(StoreRef.of("b" + number), Serdes.utf8(), Serdes.int64());
            return from.suppress(
                    suppress.limit().isPresent()
                            ? Suppressed.untilTimeLimit(
                                    Duration.ofMillis(suppress.limit().get()),
                                    limits(suppress),
                                    buffer)
                            : Suppressed.untilWindowCloses(buffer));
        }
        if (step instanceof Step.AggregateWindows aggregate) {
            return VarveWindows.aggregated(
                    group(aggregate.parent(), aggregate.by()), aggregate, windowedStore(number));
        }
        if (step instanceof Step.Cogroup cogroup) {
            return VarveWindows.cogrouped(
                    cogroup(cogroup), cogroup.windows().orElseThrow(), windowedStore(number));
        }
        throw new IllegalStateException(step.toString());
    }

    private static BufferConfig limits(Step.Suppress suppress) {
        return suppress.rows().isPresent()
                ? BufferConfig.maxRecords(suppress.rows().get())
                : BufferConfig.unbounded();
    }

    private static Materialized<String, Long> buffer(int number) {
        return Materialized.as(StoreRef.of("b" + number), Serdes.utf8(), Serdes.int64());
    }

    private GroupedStream<String, Long> group(int parent, Optional<KeyChange> key) {
        EventStream<String, Long> from = streams.get(parent);
        Grouped<String, Long> serdes = Grouped.with(Serdes.utf8(), Serdes.int64());
        return key.map(by -> from.groupBy(by::of, serdes)).orElseGet(() -> from.groupByKey(serdes));
    }

    private CogroupedStream<String, Long> cogroup(Step.Cogroup step) {
        return group(step.left(), step.by())
                .<Long>cogroup((key, value, all) -> step.folding().of(all, value))
                .cogroup(
                        group(step.right(), step.by()),
                        (key, value, all) -> step.otherFolding().of(all, value));
    }

    private Materialized<Windowed<String>, Long> windowedStore(int number) {
        StoreRef<Windowed<String>, Long> ref = StoreRef.of("s" + number);
        windowedStores.add(ref);
        return Materialized.windowed(ref, Serdes.utf8(), Serdes.int64());
    }

    private Materialized<String, Long> store(int number) {
        Optional<Long> history = given.history(number);
        if (history.isPresent()) {
            VarveVersions rows = new VarveVersions();
            versions.put("s" + number, rows);
            return rows.store("s" + number, history.get());
        }
        StoreRef<String, Long> ref = StoreRef.of("s" + number);
        stores.add(ref);
        return Materialized.as(ref, Serdes.utf8(), Serdes.int64());
    }
}
