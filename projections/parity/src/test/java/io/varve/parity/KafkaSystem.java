package io.varve.parity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KGroupedTable;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Predicate;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.kstream.Suppressed.BufferConfig;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Makes a case with Kafka Streams: stores in memory, without caches and changelogs. */
final class KafkaSystem {
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<Integer, KStream<String, Long>> streams = new HashMap<>();
    private final Map<Integer, KTable<String, Long>> tables = new HashMap<>();
    private final Map<Integer, KTable<Windowed<String>, Long>> windowed = new HashMap<>();
    private final List<String> stores = new ArrayList<>();
    private final List<String> windowStores = new ArrayList<>();
    private final List<String> sessionStores = new ArrayList<>();
    private final Case given;
    private final boolean asItIs;
    private final Outcome outcome = new Outcome();
    private final Topology topology;

    private KafkaSystem(Case given, boolean asItIs) {
        this.given = given;
        this.asItIs = asItIs;
        for (int i = 0; i < given.steps().size(); i++) {
            add(i, given.steps().get(i));
        }
        given.ends()
                .forEach(
                        end ->
                                streams.get(end)
                                        .to(
                                                "out" + end,
                                                Produced.with(Serdes.String(), Serdes.Long())));
        topology = builder.build();
    }

    static Topology topology(Case given) {
        return new KafkaSystem(given, false).topology;
    }

    static Outcome run(Case given) {
        return new KafkaSystem(given, false).run(given.readInputs(), given.ends());
    }

    /** Without what makes listed differences go away. */
    static Outcome asItIs(Case given) {
        return new KafkaSystem(given, true).run(given.readInputs(), given.ends());
    }

    private Outcome run(List<Input> inputs, List<Integer> ends) {
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, KafkaConfig.quick())) {
            Map<String, TestInputTopic<String, Long>> topics = new HashMap<>();
            for (Input input : inputs) {
                topics.computeIfAbsent(
                                input.category(),
                                name ->
                                        driver.createInputTopic(
                                                name, new StringSerializer(), new LongSerializer()))
                        .pipeInput(input.key(), input.value(), input.time());
            }
            for (int end : ends) {
                outcome.outputs().put("out" + end, outputs(driver, "out" + end));
            }
            stores.forEach(store -> outcome.stores().put(store, rows(driver, store)));
            sessionStores.forEach(
                    store -> outcome.stores().put(store, KafkaWindows.sessionRows(driver, store)));
            windowStores.forEach(
                    store -> outcome.stores().put(store, KafkaWindows.rows(driver, store)));
        }
        return outcome;
    }

    private static List<String> outputs(TopologyTestDriver driver, String topic) {
        return driver
                .createOutputTopic(topic, new StringDeserializer(), new LongDeserializer())
                .readRecordsToList()
                .stream()
                .map(record -> Outcome.record(record.key(), record.value(), record.timestamp()))
                .toList();
    }

    private static List<String> rows(TopologyTestDriver driver, String store) {
        List<String> rows = new ArrayList<>();
        try (KeyValueIterator<String, Long> all =
                driver.<String, Long>getKeyValueStore(store).all()) {
            all.forEachRemaining(row -> rows.add(Outcome.row(row.key, row.value)));
        }
        rows.sort(null);
        return rows;
    }

    private void add(int number, Step step) {
        switch (step.kind()) {
            case STREAM -> streams.put(number, stream(step));
            case TABLE -> tables.put(number, table(number, step));
            case WINDOWED_TABLE -> windowed.put(number, windowed(number, step));
        }
    }

    private KStream<String, Long> stream(Step step) {
        if (step instanceof Step.Source source) {
            return builder.stream(source.category(), Consumed.with(Serdes.String(), Serdes.Long()));
        }
        if (step instanceof Step.ToStream) {
            return tables.get(step.from().get(0)).toStream();
        }
        if (step instanceof Step.WindowsToStream) {
            return windowed.get(step.from().get(0))
                    .toStream((key, value) -> KafkaWindows.text(key));
        }
        KStream<String, Long> from = streams.get(step.from().get(0));
        if (step instanceof Step.Filter filter) {
            return filter.not()
                    ? from.filterNot(filter.check()::test)
                    : from.filter(filter.check()::test);
        }
        if (step instanceof Step.MapValues map) {
            return from.mapValues(map.change()::of);
        }
        if (step instanceof Step.MapBoth map) {
            return from.map(
                    (key, value) ->
                            KeyValue.pair(map.key().of(key, value), map.change().of(key, value)));
        }
        if (step instanceof Step.FlatMapValues flat) {
            return from.flatMapValues(flat.spread()::of);
        }
        if (step instanceof Step.SelectKey select) {
            return from.selectKey(select.key()::of);
        }
        if (step instanceof Step.FlatMap flat) {
            return from.flatMap(
                    (key, value) ->
                            flat.spread().of(value).stream()
                                    .map(next -> KeyValue.pair(flat.key().of(key, next), next))
                                    .toList());
        }
        if (step instanceof Step.Branch branch) {
            String name = "b" + streams.size() + "-";
            return from.split(Named.as(name))
                    .branch(branch.check()::test, Branched.as("yes"))
                    .defaultBranch(Branched.as("no"))
                    .get(name + (branch.other() ? "no" : "yes"));
        }
        if (step instanceof Step.JoinTable join) {
            return join.joining() == Joining.INNER
                    ? from.join(tables.get(join.right()), Joining::of)
                    : from.leftJoin(tables.get(join.right()), Joining::of);
        }
        if (step instanceof Step.Peek) {
            return from.peek((key, value) -> {});
        }
        if (step instanceof Step.Merge merge) {
            return from.merge(streams.get(merge.right()));
        }
        throw new IllegalStateException(step.toString());
    }

    private KTable<String, Long> table(int number, Step step) {
        int parent = step.from().get(0);
        if (step instanceof Step.Filter filter) {
            KTable<String, Long> from = tables.get(parent);
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
                                    BufferConfig.unbounded().withLoggingDisabled()));
        }
        if (step instanceof Step.JoinTables join) {
            return joined(
                    tables.get(parent),
                    tables.get(join.right()),
                    join.joining(),
                    join.kept() ? Optional.of(store(number)) : Optional.empty());
        }
        if (step instanceof Step.JoinForeign join) {
            KTable<String, Long> other = tables.get(join.right());
            Function<Long, String> key = value -> join.foreign().of(null, value);
            return join.joining() == Joining.INNER
                    ? tables.get(parent).join(other, key, Joining::of, store(number))
                    : tables.get(parent).leftJoin(other, key, Joining::of, store(number));
        }
        if (step instanceof Step.GroupTable group) {
            return regrouped(group, store(number));
        }
        if (step instanceof Step.ToTable) {
            return streams.get(parent).toTable(store(number));
        }
        if (step instanceof Step.Aggregate aggregate) {
            return aggregated(
                    number,
                    group(aggregate.parent(), aggregate.by()),
                    aggregate.folding(),
                    store(number));
        }
        throw new IllegalStateException(step.toString());
    }

    private KTable<Windowed<String>, Long> windowed(int number, Step step) {
        KTable<Windowed<String>, Long> from = windowed.get(step.from().get(0));
        if (step instanceof Step.Filter filter) {
            Predicate<Windowed<String>, Long> check =
                    (key, value) -> filter.check().test(key.key(), value);
            return filter.not() ? from.filterNot(check) : from.filter(check);
        }
        if (step instanceof Step.MapValues map) {
            return from.mapValues((key, value) -> map.change().of(key.key(), value));
        }
        if (step instanceof Step.Suppress suppress) {
            return from.suppress(
                    suppress.limit().isPresent()
                            ? Suppressed.untilTimeLimit(
                                    Duration.ofMillis(suppress.limit().get()),
                                    BufferConfig.unbounded().withLoggingDisabled())
                            : Suppressed.untilWindowCloses(
                                    BufferConfig.unbounded().withLoggingDisabled()));
        }
        if (step instanceof Step.AggregateWindows aggregate) {
            boolean sessions = aggregate.windows().shape() == Windowing.Shape.SESSION;
            (sessions ? sessionStores : windowStores).add("s" + number);
            return KafkaWindows.aggregated(
                    group(aggregate.parent(), aggregate.by()),
                    aggregate,
                    "s" + number,
                    isSeenWithOldValues(number));
        }
        throw new IllegalStateException(step.toString());
    }

    /** Whether a step looks at the old values of a table. */
    private boolean isSeenWithOldValues(int number) {
        return !asItIs
                && given.steps().stream()
                        .anyMatch(
                                step ->
                                        step.from().contains(number)
                                                && !(step instanceof Step.ToStream)
                                                && !(step instanceof Step.WindowsToStream));
    }

    private KGroupedStream<String, Long> group(int parent, Optional<KeyChange> key) {
        KStream<String, Long> from = streams.get(parent);
        Grouped<String, Long> serdes = Grouped.with(Serdes.String(), Serdes.Long());
        return key.map(by -> from.groupBy(by::of, serdes)).orElseGet(() -> from.groupByKey(serdes));
    }

    private KTable<String, Long> aggregated(
            int number,
            KGroupedStream<String, Long> group,
            Folding folding,
            Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store) {
        if (folding.isReduce()) {
            return group.reduce(folding::of, store);
        }
        if (isSeenWithOldValues(number)) {
            return group.aggregate(Folding::nothing, folding::fromNothing, store);
        }
        return folding == Folding.COUNT
                ? group.count(store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.of(aggregate, value),
                        store);
    }

    private Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store(int number) {
        stores.add("s" + number);
        return Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("s" + number)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long())
                .withStoreType(new BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers())
                .withCachingDisabled()
                .withLoggingDisabled();
    }

    private static KTable<String, Long> joined(
            KTable<String, Long> left,
            KTable<String, Long> right,
            Joining joining,
            Optional<Materialized<String, Long, KeyValueStore<Bytes, byte[]>>> store) {
        return switch (joining) {
            case INNER ->
                    store.map(s -> left.join(right, Joining::of, s))
                            .orElseGet(() -> left.join(right, Joining::of));
            case LEFT ->
                    store.map(s -> left.leftJoin(right, Joining::of, s))
                            .orElseGet(() -> left.leftJoin(right, Joining::of));
            case OUTER ->
                    store.map(s -> left.outerJoin(right, Joining::of, s))
                            .orElseGet(() -> left.outerJoin(right, Joining::of));
        };
    }

    private KTable<String, Long> regrouped(
            Step.GroupTable step, Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store) {
        KGroupedTable<String, Long> group =
                tables.get(step.parent())
                        .groupBy(
                                (key, value) -> KeyValue.pair(step.by().of(key, value), value),
                                Grouped.with(Serdes.String(), Serdes.Long()));
        TableFolding folding = step.folding();
        if (folding == TableFolding.COUNT) {
            return group.count(store);
        }
        return folding.isReduce()
                ? group.reduce(folding::add, folding::subtract, store)
                : group.aggregate(
                        () -> Folding.INITIAL,
                        (key, value, aggregate) -> folding.add(aggregate, value),
                        (key, value, aggregate) -> folding.subtract(aggregate, value),
                        store);
    }
}
