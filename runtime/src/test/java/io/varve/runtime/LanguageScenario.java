package io.varve.runtime;

import io.varve.projections.BufferConfig;
import io.varve.projections.Cancellable;
import io.varve.projections.Consumed;
import io.varve.projections.EmitStrategy;
import io.varve.projections.EventStream;
import io.varve.projections.Fold;
import io.varve.projections.Grouped;
import io.varve.projections.GroupedStream;
import io.varve.projections.Joined;
import io.varve.projections.KeyValue;
import io.varve.projections.KeyValueStore;
import io.varve.projections.Materialized;
import io.varve.projections.Named;
import io.varve.projections.Processor;
import io.varve.projections.ProcessorContext;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.PunctuationType;
import io.varve.projections.Record;
import io.varve.projections.SessionWindows;
import io.varve.projections.SlidingWindows;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.projections.Suppressed;
import io.varve.projections.Table;
import io.varve.projections.TimeWindows;
import io.varve.projections.VersionedStore;
import io.varve.projections.Windowed;
import io.varve.projections.query.RangeQuery;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Programs in the language, to be run by whatever runs projections.
 *
 * @param projection what is run
 * @param stores all of them
 */
record LanguageScenario(Projection projection, List<StoreRef<?, ?>> stores) {
    /** Where all of them read. */
    static final String CATEGORY = "shots";

    sealed interface Shot {}

    record Hit(String player, int points) implements Shot {}

    record Miss(String player) implements Shot {}

    static final EventSerde<Shot> SHOTS =
            EventSerde.of(Shot.class).record("hit", Hit.class).record("miss", Miss.class).build();

    /** Where one of them emits to. */
    static final String EMITTED = "applause";

    record Applause(int points) {}

    static final EventSerde<Applause> APPLAUSE =
            EventSerde.of(Applause.class).record("applause", Applause.class).build();

    private static final Serde<String> TEXT = Serdes.utf8();
    private static final Serde<Long> NUMBER = Serdes.int64();
    private static final StoreRef<String, Long> ONE = StoreRef.of("one");
    static final StoreRef<String, Long> VERSIONED = StoreRef.of("versioned");
    private static final StoreRef<String, Long> TWO = StoreRef.of("two");
    private static final StoreRef<String, Long> THREE = StoreRef.of("three");
    private static final StoreRef<String, Long> FOUR = StoreRef.of("four");
    private static final StoreRef<String, Long> FIVE = StoreRef.of("five");
    private static final StoreRef<Windowed<String>, Long> HOPS = StoreRef.of("hops");
    private static final StoreRef<Windowed<String>, Long> CLOSED = StoreRef.of("closed");
    private static final StoreRef<Windowed<String>, Long> SESSIONS = StoreRef.of("sessions");
    private static final StoreRef<Windowed<String>, Long> SLIDES = StoreRef.of("slides");

    private static Materialized<String, Long> in(StoreRef<String, Long> ref) {
        return Materialized.as(ref, TEXT, NUMBER);
    }

    private static LanguageScenario of(
            String name, Consumer<StreamsBuilder> program, StoreRef<?, ?>... stores) {
        StreamsBuilder builder = new StreamsBuilder();
        program.accept(builder);
        return new LanguageScenario(Projection.of(name, 1, builder.build()), List.of(stores));
    }

    private static EventStream<String, Shot> shots(StreamsBuilder builder) {
        return builder.stream(CATEGORY, Consumed.with(SHOTS));
    }

    private static String player(Shot shot) {
        return shot instanceof Hit hit ? hit.player() : ((Miss) shot).player();
    }

    private static EventStream<String, Long> points(StreamsBuilder builder) {
        return shots(builder)
                .map(
                        (key, shot) ->
                                KeyValue.pair(
                                        player(shot),
                                        shot instanceof Hit h ? (long) h.points() : null));
    }

    static List<LanguageScenario> all() {
        return List.of(
                groups(),
                tables(),
                inPlace(),
                joins(),
                windows(),
                cogroups(),
                expiring(),
                versions(),
                processing(),
                ticking(),
                fold());
    }

    /** Those that may be divided; with windows, rows that expire, and versions. */
    static List<LanguageScenario> divisible() {
        return List.of(groups(), expiring(), fold(), dividedWindows(), dividedVersions());
    }

    private static LanguageScenario dividedWindows() {
        return of(
                "divided-windows",
                builder ->
                        shots(builder)
                                .groupBy((key, shot) -> player(shot))
                                .windowedBy(
                                        TimeWindows.ofSizeAndGrace(
                                                Duration.ofMillis(60), Duration.ofMillis(20)))
                                .count(windowed(HOPS)),
                HOPS);
    }

    private static LanguageScenario dividedVersions() {
        return of(
                "versions",
                builder -> {
                    Duration retention = Duration.ofMillis(200);
                    points(builder).toTable(in(VERSIONED).versioned(retention));
                    shots(builder)
                            .groupBy((key, shot) -> player(shot))
                            .count(in(ONE).versioned(retention));
                },
                VERSIONED,
                ONE);
    }

    private static LanguageScenario groups() {
        return of(
                "groups",
                builder -> {
                    shots(builder).groupBy((key, shot) -> player(shot)).count(in(ONE));
                    points(builder)
                            .groupByKey(Grouped.with(TEXT, NUMBER))
                            .reduce(
                                    (sum, more) ->
                                            sum + more > 300 ? null : Long.valueOf(sum + more),
                                    in(TWO));
                    points(builder)
                            .merge(points(builder).mapValues(value -> 1L))
                            .groupByKey(Grouped.with(TEXT, NUMBER))
                            .aggregate(() -> 7L, (key, value, sum) -> sum * 31 + value, in(THREE));
                },
                ONE,
                TWO,
                THREE);
    }

    private static LanguageScenario tables() {
        return of(
                "tables",
                builder -> {
                    Table<String, Long> last = points(builder).toTable(in(ONE));
                    Table<String, Long> high = last.filter((key, value) -> value > 40, in(TWO));
                    high.mapValues(value -> value / 10)
                            .toStream()
                            .groupBy((key, value) -> String.valueOf(value))
                            .count(in(THREE));
                },
                ONE,
                TWO,
                THREE);
    }

    /** Changed in place. */
    static final class Tally {
        public long points;

        Tally add(long more) {
            points += more;
            return this;
        }
    }

    private static LanguageScenario inPlace() {
        return of(
                "in-place",
                builder -> {
                    Serde<Tally> tallies = Serdes.json(Tally.class);
                    Table<String, Tally> sums =
                            points(builder)
                                    .filter((player, points) -> points != null)
                                    .groupByKey(Grouped.with(TEXT, NUMBER))
                                    .aggregate(
                                            Tally::new,
                                            (player, points, tally) -> tally.add(points),
                                            Materialized.as(StoreRef.of("sums"), TEXT, tallies));
                    sums.groupBy(
                                    (player, tally) ->
                                            KeyValue.pair("p" + tally.points % 7, tally.points),
                                    Grouped.with(TEXT, NUMBER))
                            .reduce(Long::sum, (sum, less) -> sum - less, in(ONE));
                    shots(builder)
                            .selectKey((key, shot) -> player(shot))
                            .join(sums, (shot, tally) -> tally)
                            .filter((player, tally) -> tally.points % 3 == 0)
                            .toTable(Materialized.as(StoreRef.of("thirds"), TEXT, tallies))
                            .mapValues(tally -> tally.points, in(TWO));
                },
                ONE,
                TWO);
    }

    private static LanguageScenario joins() {
        return of(
                "joins",
                builder -> {
                    Table<String, Long> last = points(builder).toTable(in(ONE));
                    Table<String, Long> misses =
                            shots(builder)
                                    .filter((key, shot) -> shot instanceof Miss)
                                    .groupBy((key, shot) -> player(shot))
                                    .count(in(TWO));
                    last.outerJoin(
                            misses,
                            (points, missed) ->
                                    (points == null ? 1_000 : points)
                                            + (missed == null ? 0 : missed * 10_000),
                            in(THREE));
                    points(builder)
                            .filter((player, points) -> points != null)
                            .leftJoin(
                                    misses,
                                    (points, missed) -> points * (missed == null ? 1L : missed))
                            .groupByKey(Grouped.with(TEXT, NUMBER))
                            .reduce(Long::sum, in(FOUR));
                    last.join(
                            misses,
                            points -> "p" + points % 6,
                            (points, missed) -> points * 100 + missed,
                            in(FIVE));
                },
                ONE,
                TWO,
                THREE,
                FOUR,
                FIVE);
    }

    private static Materialized<Windowed<String>, Long> windowed(
            StoreRef<Windowed<String>, Long> ref) {
        return Materialized.windowed(ref, TEXT, NUMBER);
    }

    private static LanguageScenario windows() {
        Duration grace = Duration.ofMillis(20);
        return of(
                "windows",
                builder -> {
                    GroupedStream<String, Shot> players =
                            shots(builder).groupBy((key, shot) -> player(shot));
                    players.windowedBy(
                                    TimeWindows.ofSizeAndGrace(Duration.ofMillis(60), grace)
                                            .advanceBy(Duration.ofMillis(20)))
                            .count(windowed(HOPS))
                            .suppress(Suppressed.untilWindowCloses(windowed(CLOSED)))
                            .toStream()
                            .groupBy((window, count) -> window.key())
                            .count(in(ONE));
                    players.windowedBy(
                                    SessionWindows.ofInactivityGapAndGrace(
                                            Duration.ofMillis(15), grace))
                            .count(windowed(SESSIONS));
                    players.windowedBy(
                                    SlidingWindows.ofTimeDifferenceAndGrace(
                                            Duration.ofMillis(30), grace))
                            .count(windowed(SLIDES));
                },
                HOPS,
                SESSIONS,
                SLIDES,
                ONE);
    }

    private static LanguageScenario cogroups() {
        return of(
                "cogroups",
                builder ->
                        points(builder)
                                .filter((player, points) -> points != null)
                                .groupByKey(Grouped.with(TEXT, NUMBER))
                                .<Long>cogroup((player, points, sum) -> sum + points)
                                .cogroup(
                                        shots(builder)
                                                .filter((key, shot) -> shot instanceof Miss)
                                                .groupBy((key, shot) -> player(shot)),
                                        (player, miss, sum) -> sum * 3)
                                .windowedBy(
                                        TimeWindows.ofSizeAndGrace(
                                                Duration.ofMillis(50), Duration.ofMillis(20)))
                                .aggregate(() -> 1L, windowed(HOPS))
                                .suppress(
                                        Suppressed.untilTimeLimit(
                                                Duration.ofMillis(40),
                                                BufferConfig.maxRecords(3),
                                                windowed(CLOSED)))
                                .toStream()
                                .groupBy((window, sum) -> window.key())
                                .count(in(ONE)),
                HOPS,
                ONE);
    }

    /** Emits events, and reads them; so that positions are others wherever it runs. */
    static LanguageScenario emitting() {
        return of(
                "emitting",
                builder -> {
                    shots(builder)
                            .filter((key, shot) -> shot instanceof Hit hit && hit.points() > 50)
                            .selectKey((key, shot) -> player(shot))
                            .mapValues(shot -> new Applause(((Hit) shot).points()))
                            .to(EMITTED, Produced.with(APPLAUSE).withName("applause-sink"));
                    builder.stream(EMITTED, Consumed.with(APPLAUSE))
                            .groupByKey()
                            .aggregate(
                                    () -> 0L,
                                    (player, applause, sum) -> sum * 31 + applause.points(),
                                    in(ONE));
                },
                ONE);
    }

    private static LanguageScenario expiring() {
        return of(
                "expiring",
                builder ->
                        shots(builder).groupByKey().count(in(ONE).withTtl(Duration.ofMillis(50))),
                ONE);
    }

    /** Those of {@link #VERSIONED} have versions. */
    private static LanguageScenario versions() {
        Duration retention = Duration.ofMillis(200);
        return of(
                "versions",
                builder -> {
                    Table<String, Long> last =
                            points(builder).toTable(in(VERSIONED).versioned(retention));
                    points(builder)
                            .leftJoin(last.mapValues(points -> points + 1), Long::sum)
                            .groupByKey(Grouped.with(TEXT, NUMBER))
                            .reduce((sum, more) -> sum * 31 + more, in(TWO));
                    last.groupBy(
                                    (player, points) -> KeyValue.pair("p" + points % 5, points),
                                    Grouped.with(TEXT, NUMBER))
                            .reduce(Long::sum, (sum, less) -> sum - less, in(THREE));
                    points(builder)
                            .leftJoin(
                                    last,
                                    Long::sum,
                                    Joined.withGracePeriod(
                                            Duration.ofMillis(15),
                                            StoreRef.of("waiting"),
                                            TEXT,
                                            NUMBER))
                            .groupByKey(Grouped.with(TEXT, NUMBER))
                            .reduce((sum, more) -> sum * 31 + more, in(FIVE));
                    builder.addStateStore(in(FOUR).versioned(retention));
                    shots(builder).process(Recording::new, FOUR);
                },
                VERSIONED,
                TWO,
                THREE,
                FOUR,
                FIVE);
    }

    /** Keeps versions of how many points a game has given, and removes those of misses. */
    private static final class Recording implements Processor<String, Shot, String, Long> {
        private VersionedStore<String, Long> store;

        @Override
        public void init(ProcessorContext<String, Long> context) {
            store = context.versionedStore(FOUR);
        }

        @Override
        public void process(Record<String, Shot> shot) {
            if (shot.value() instanceof Hit hit) {
                long before =
                        store.get(shot.key(), shot.timestamp()).map(v -> v.value()).orElse(0L);
                store.put(shot.key(), before * 31 + hit.points(), shot.timestamp());
            } else {
                store.delete(shot.key(), shot.timestamp() - 20);
            }
        }
    }

    private static LanguageScenario processing() {
        return of(
                "processing",
                builder -> {
                    builder.addStateStore(in(ONE)).addStateStore(in(TWO));
                    shots(builder)
                            .process(Shooting::new, Named.as("shooting"), ONE, TWO)
                            .groupByKey(Grouped.keySerde(TEXT))
                            .count(in(THREE));
                },
                ONE,
                TWO,
                THREE);
    }

    /** Counts shots of a player, and lets those go who have many from time to time. */
    private static final class Shooting implements Processor<String, Shot, String, Long> {
        private ProcessorContext<String, Long> context;
        private KeyValueStore<String, Long> counts;

        @Override
        public void init(ProcessorContext<String, Long> given) {
            context = given;
            counts = given.store(ONE);
            KeyValueStore<String, Long> swept = given.store(TWO);
            Cancellable every =
                    given.schedule(
                            Duration.ofMillis(20),
                            PunctuationType.STREAM_TIME,
                            now -> {
                                swept.put("times", swept.get("times").orElse(0L) + 1);
                                sweep(now);
                            });
            if (every == null) {
                throw new IllegalStateException("not scheduled");
            }
        }

        private void sweep(long now) {
            counts.scan(
                    RangeQuery.all(),
                    (player, count) -> {
                        if (count > 3) {
                            counts.delete(player);
                            context.forward(new Record<>(player, count, now));
                        }
                        return true;
                    });
        }

        @Override
        public void process(Record<String, Shot> shot) {
            String player = player(shot.value());
            counts.put(player, counts.get(player).orElse(0L) + 1);
        }
    }

    private static LanguageScenario ticking() {
        return of(
                "ticking",
                builder -> {
                    builder.addStateStore(in(TWO));
                    EventStream<String, Shot> shots =
                            builder.stream(
                                    CATEGORY,
                                    Consumed.with(SHOTS).withTicks(Duration.ofMillis(15)));
                    shots.groupBy((key, shot) -> player(shot))
                            .windowedBy(
                                    TimeWindows.ofSizeAndGrace(
                                            Duration.ofMillis(30), Duration.ofMillis(10)))
                            .emitStrategy(EmitStrategy.onWindowClose())
                            .count(windowed(CLOSED))
                            .toStream()
                            .groupBy((window, count) -> window.key())
                            .count(in(ONE));
                    shots.process(Waking::new, Named.as("waking"), TWO);
                    shots.groupByKey().count(in(THREE).withTtl(Duration.ofMillis(50)));
                },
                CLOSED,
                ONE,
                TWO,
                THREE);
    }

    /** Counts the calls by the clock and by stream time. */
    private static final class Waking implements Processor<String, Shot, String, Long> {
        @Override
        public void init(ProcessorContext<String, Long> context) {
            KeyValueStore<String, Long> calls = context.store(TWO);
            for (PunctuationType type : PunctuationType.values()) {
                context.schedule(
                        Duration.ofMillis(30),
                        type,
                        now -> {
                            calls.put(type + " " + now, context.position());
                            calls.put(type + "", calls.get(type + "").orElse(0L) + 1);
                        });
            }
        }

        @Override
        public void process(Record<String, Shot> shot) {}
    }

    private static LanguageScenario fold() {
        Fold<Shot, Long> sum =
                Fold.<Shot, Long>startingWith(() -> 0L)
                        .on(Hit.class, (points, hit) -> points + hit.points())
                        .on(
                                Miss.class,
                                (points, miss) -> points > 100 ? null : Long.valueOf(points - 1))
                        .build();
        return new LanguageScenario(
                sum.projectionBy("fold", 1, CATEGORY, SHOTS, LanguageScenario::player, in(ONE)),
                List.of(ONE));
    }

    boolean isNamed(String name) {
        return projection.name().equals(name);
    }

    @Override
    public String toString() {
        return projection.name();
    }
}
