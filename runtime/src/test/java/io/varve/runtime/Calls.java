package io.varve.runtime;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.Durability;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A store, its runtimes and what they have given out, called at random by any thread. */
final class Calls {
    static final String CATEGORY = "things";
    static final List<String> NAMES = List.of("counts", "lengths", "none");
    static final StoreRef<Integer, Long> STORE = StoreRef.of("rows");
    static final EventSerde<String> TEXTS =
            EventSerde.of(String.class).type("Said", String.class, Serdes.utf8()).build();

    private static final int MOST = 6;
    private static final int DEEPEST = 3;

    private final Path folder;
    private final List<EventStore> stores = new ArrayList<>();
    private final List<ProjectionRuntime> runtimes = new ArrayList<>();

    /** Lent to serdes, and not given back. */
    private final List<BytesView> lent = new ArrayList<>();

    private final GivenParts parts = new GivenParts(this);

    Calls(Path folder, long seed) {
        this.folder = folder;
        open(new SplittableRandom(seed));
    }

    /** Keeps something to be used later by anybody. */
    <T> void keep(List<T> list, T thing, SplittableRandom random) {
        synchronized (list) {
            if (list.size() == MOST) {
                list.remove(random.nextInt(MOST));
            }
            list.add(thing);
        }
    }

    /** Something that was kept; where there is nothing, that is an answer too. */
    <T> T any(List<T> list, SplittableRandom random) {
        synchronized (list) {
            // Mostly the newest: of the others, most are closed.
            int at = random.nextInt(list.size());
            return list.get(random.nextInt(3) == 0 ? at : list.size() - 1);
        }
    }

    void call(SplittableRandom random, int depth) throws InterruptedException {
        switch (random.nextInt(150)) {
            case 0 -> any(stores, random).close();
            case 1 -> open(random);
            case 2 -> host(random);
            case 3 -> any(runtimes, random).close();
            case 4, 5, 6, 7, 8, 9, 10 -> append(random);
            case 11 -> any(stores, random).category(CATEGORY, TEXTS).read(key(random));
            case 12, 13, 14, 15 -> read(random, depth);
            default -> parts.call(any(runtimes, random), random, depth);
        }
    }

    /** Mostly one after the other: two at once are refused, which is a case of its own. */
    private void open(SplittableRandom random) {
        Path path = folder.resolve("log");
        if (random.nextInt(4) > 0 && !stores.isEmpty()) {
            any(stores, random).close();
        }
        EventStore store =
                EventStore.open(
                        StoreConfig.at(path)
                                .withDurability(Durability.async(Duration.ofMillis(50)))
                                .withMergeEvents(50));
        synchronized (stores) {
            if (stores.size() == MOST) {
                stores.remove(0).close();
            }
            stores.add(store);
        }
        host(random);
    }

    private void host(SplittableRandom random) {
        if (random.nextInt(4) > 0 && !runtimes.isEmpty()) {
            any(runtimes, random).close();
        }
        ProjectionRuntime runtime =
                ProjectionRuntime.builder(any(stores, random), folder.resolve("models"))
                        .config(
                                RuntimeConfig.defaults()
                                        .withRingSlots(4)
                                        .withSlotEvents(2)
                                        .withViewLimit(Duration.ofMillis(20))
                                        .withShutdownTimeout(Duration.ofSeconds(5)))
                        .add(counts(1), how())
                        .add(lengths(), ProjectionConfig.defaults())
                        .build();
        synchronized (runtimes) {
            if (runtimes.size() == MOST) {
                runtimes.remove(0).close();
            }
            runtimes.add(runtime);
        }
        if (random.nextInt(12) > 0) {
            runtime.start();
        }
    }

    static ProjectionConfig how() {
        return ProjectionConfig.defaults()
                .withPartitions(2)
                .withErrorPolicy(ErrorPolicy.deadLetter());
    }

    static String key(SplittableRandom random) {
        return "k" + random.nextInt(5);
    }

    private void append(SplittableRandom random) {
        EventBatch batch = new EventBatch();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String text = random.nextInt(30) == 0 ? "wrong" : "x".repeat(random.nextInt(20));
            batch.add(StreamId.of(CATEGORY, key(random)), TEXTS, text);
        }
        any(stores, random).append(batch);
    }

    /** From within a callback: anything, and closing what it reads from. */
    void within(SplittableRandom random, int depth) {
        int kind = random.nextInt(24);
        if (kind == 0) {
            any(stores, random).close();
        } else if (kind == 1) {
            any(runtimes, random).close();
        } else if (kind < 8 && depth < DEEPEST) {
            try {
                call(random, depth + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Keeps what was lent for the time of a callback, and reads what was kept. */
    private void read(SplittableRandom random, int depth) {
        any(stores, random)
                .read(
                        io.varve.store.EventQuery.all().limit(5),
                        event -> {
                            keep(lent, event.payload(), random);
                            within(random, depth);
                            event.payload().toByteArray();
                            return true;
                        });
        any(lent, random).toByteArray();
    }

    /** A serde that keeps what it was lent, against the rules. */
    private final class Keeping implements Serde<Long> {
        @Override
        public void serialize(Long value, BytesWriter out) {
            Serdes.int64().serialize(value, out);
        }

        @Override
        public Long deserialize(BytesView in) {
            synchronized (lent) {
                lent.add(in);
                if (lent.size() > MOST) {
                    lent.remove(0);
                }
            }
            return Serdes.int64().deserialize(in);
        }

        @Override
        public String describe() {
            return "int64";
        }
    }

    Projection counts(int version) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(CATEGORY, Consumed.with(TEXTS))
                .peek(
                        (key, text) -> {
                            if (text.equals("wrong")) {
                                throw new IllegalStateException("of the application");
                            }
                        })
                .groupBy((key, text) -> text.length() % 7)
                .aggregate(
                        () -> 0L,
                        (key, text, sum) -> sum + version,
                        Materialized.as(STORE, Serdes.int32(), new Keeping()));
        return Projection.of("counts", version, builder.build());
    }

    private Projection lengths() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(CATEGORY, Consumed.with(TEXTS))
                .groupBy((key, text) -> 1)
                .aggregate(
                        () -> 0L,
                        (key, text, sum) -> sum + text.length(),
                        Materialized.as(STORE, Serdes.int32(), new Keeping()));
        return Projection.of("lengths", 1, builder.build());
    }

    void closeAll() {
        runtimes.forEach(ProjectionRuntime::close);
        stores.forEach(EventStore::close);
    }
}
