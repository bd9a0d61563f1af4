package io.varve.parity;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.CogroupedKStream;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Initializer;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
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
    private final Map<String, KafkaVersions> versions = new TreeMap<>();
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
        given.ends().forEach(end -> send("out" + end, streams.get(end)));
        topology = builder.build();
    }

    static Topology topology(Case given) {
        return new KafkaSystem(given, false).topology;
    }

    static Outcome run(Case given) {
        return new KafkaSystem(given, false).run();
    }

    /** Without what makes listed differences go away. */
    static Outcome asItIs(Case given) {
        return new KafkaSystem(given, true).run();
    }

    private Outcome run() {
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, KafkaConfig.quick())) {
            Map<String, TestInputTopic<String, Long>> topics = new HashMap<>();
            for (Input input : given.readInputs()) {
                topics.computeIfAbsent(
                                input.category(),
                                name ->
                                        driver.createInputTopic(
                                                name, new StringSerializer(), new LongSerializer()))
                        .pipeInput(KafkaRecords.of(input));
            }
            given.ends().forEach(end -> readOutput(driver, "out" + end));
            given.sent().forEach(step -> readOutput(driver, "sent" + step));
            stores.forEach(store -> outcome.stores().put(store, rows(driver, store)));
            sessionStores.forEach(
                    store -> outcome.stores().put(store, KafkaWindows.sessionRows(driver, store)));
            versions.forEach(
                    (store, rows) ->
                            outcome.stores().put(store, rows.text(driver, store, given.end())));
            windowStores.forEach(
                    store -> outcome.stores().put(store, KafkaWindows.rows(driver, store)));
        }
        return outcome;
    }

    private void readOutput(TopologyTestDriver driver, String topic) {
        outcome.outputs()
                .put(
                        topic,
                        driver
                                .createOutputTopic(
                                        topic, new StringDeserializer(), new LongDeserializer())
                                .readRecordsToList()
                                .stream()
                                .map(
                                        record ->
                                                Outcome.record(
                                                        record.key(),
                                                        record.value(),
                                                        record.timestamp(),
                                                        KafkaRecords.header(record.headers())))
                                .toList());
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
            case STREAM -> streams.put(number, stream(number, step));
            case TABLE -> tables.put(number, table(number, step));
            case WINDOWED_TABLE -> windowed.put(number, windowed(number, step));
        }
    }

    private KStream<String, Long> stream(int number, Step step) {
        if (step instanceof Step.Source source) {
            return read(source.category());
        }
        if (step instanceof Step.ToStream) {
            return tables.get(step.from().get(0)).toStream();
        }
        if (step instanceof Step.WindowsToStream) {
            return windowed.get(step.from().get(0))
                    .toStream((key, value) -> KafkaWindows.text(key));
        }
        KStream<String, Long> from = streams.get(step.from().get(0));
        if (step instanceof Step.JoinTable join) {
            // Its buffer takes no null keys: see parity.md.
            KStream<String, Long> taken =
                    asItIs || join.grace().isEmpty()
                            ? from
                            : from.filter((key, value) -> key != null);
            return KafkaJoins.withTable(taken, tables.get(join.right()), join, "b" + number);
        }
        if (step instanceof Step.JoinStreams join) {
            return KafkaJoins.streams(from, streams.get(join.right()), join, "j" + number);
        }
        if (step instanceof Step.Process process) {
            stores.add("s" + number);
            return KafkaProcesses.processed(builder, from, process.work(), "s" + number);
        }
        if (step instanceof Step.To) {
            send("sent" + number, from.filter((key, value) -> key != null && value != null));
            return given.isRead(number) ? read("sent" + number) : from;
        }
        if (step instanceof Step.Merge merge) {
            return from.merge(streams.get(merge.right()));
        }
        return KafkaRecords.made(step, from, "b" + number + "-");
    }

    private static void send(String topic, KStream<String, Long> from) {
        from.to(topic, Produced.with(Serdes.String(), Serdes.Long()));
    }

    private KStream<String, Long> read(String topic) {
        return builder.stream(topic, Consumed.with(Serdes.String(), Serdes.Long()));
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
                                    limits(suppress)));
        }
        if (step instanceof Step.JoinTables join) {
            return KafkaJoins.tables(
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
            return KafkaGroups.regrouped(tables.get(parent), group, store(number));
        }
        if (step instanceof Step.Cogroup cogroup) {
            return cogroup(number, cogroup).aggregate(initial(number), store(number));
        }
        if (step instanceof Step.ToTable) {
            return streams.get(parent).toTable(store(number));
        }
        if (step instanceof Step.Aggregate aggregate) {
            return KafkaGroups.aggregated(
                    group(aggregate.parent(), aggregate.by()),
                    aggregate.folding(),
                    store(number),
                    isSeenWithOldValues(number));
        }
        throw new IllegalStateException(step.toString());
    }

    private static BufferConfig<?> limits(Step.Suppress suppress) {
        return suppress.rows().isPresent()
                ? BufferConfig.maxRecords(suppress.rows().get()).withLoggingDisabled()
                : BufferConfig.unbounded().withLoggingDisabled();
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
                                    Duration.ofMillis(suppress.limit().get()), limits(suppress))
                            : Suppressed.untilWindowCloses(
                                    BufferConfig.unbounded().withLoggingDisabled()));
        }
        if (step instanceof Step.AggregateWindows aggregate) {
            return KafkaWindows.aggregated(
                    group(aggregate.parent(), aggregate.by()),
                    aggregate,
                    windowedStore(number, aggregate.windows()),
                    isSeenWithOldValues(number),
                    asItIs);
        }
        if (step instanceof Step.Cogroup cogroup) {
            Windowing windows = cogroup.windows().orElseThrow();
            return KafkaWindows.cogrouped(
                    cogroup(number, cogroup),
                    windows,
                    windowedStore(number, windows),
                    initial(number));
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
        return group(parent, key, null);
    }

    private KGroupedStream<String, Long> group(int parent, Optional<KeyChange> key, String topic) {
        KStream<String, Long> from = streams.get(parent);
        Grouped<String, Long> serdes = Grouped.with(topic, Serdes.String(), Serdes.Long());
        return key.map(by -> from.groupBy(by::of, serdes)).orElseGet(() -> from.groupByKey(serdes));
    }

    private CogroupedKStream<String, Long> cogroup(int number, Step.Cogroup step) {
        return group(step.left(), step.by(), "g" + number + "-left")
                .<Long>cogroup(step.folding()::fromNothing)
                .cogroup(
                        group(step.right(), step.by(), "g" + number + "-right"),
                        step.otherFolding()::fromNothing);
    }

    private Initializer<Long> initial(int number) {
        return isSeenWithOldValues(number) ? Folding::nothing : () -> Folding.INITIAL;
    }

    private String windowedStore(int number, Windowing windows) {
        boolean sessions = windows.shape() == Windowing.Shape.SESSION;
        (sessions ? sessionStores : windowStores).add("s" + number);
        return "s" + number;
    }

    private Materialized<String, Long, KeyValueStore<Bytes, byte[]>> store(int number) {
        Optional<Long> history = given.history(number);
        if (history.isPresent()) {
            KafkaVersions rows = new KafkaVersions();
            versions.put("s" + number, rows);
            return rows.store("s" + number, history.get(), asItIs);
        }
        stores.add("s" + number);
        return Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("s" + number)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long())
                .withStoreType(new BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers())
                .withCachingDisabled()
                .withLoggingDisabled();
    }
}
