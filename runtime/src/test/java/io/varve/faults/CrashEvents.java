package io.varve.faults;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.runtime.ErrorPolicy;
import io.varve.runtime.ProjectionConfig;
import io.varve.store.EventBatch;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The events of a recorded run, each a function of seed and position; two projections of them; and
 * what these hold after each event, told by a plain fold. Of some streams an event fails.
 */
final class CrashEvents {
    static final String CATEGORY = "entries";
    static final String TYPE = "entered";
    static final int AUTHORS = 8;

    /** In two partitions, with dead letters. */
    static final String DIGESTS = "digests";

    /** In one. */
    static final String TOTAL = "total";

    static final StoreRef<Long, Digest> BY_AUTHOR = StoreRef.of("by-author");
    static final StoreRef<Long, Digest> OF_ALL = StoreRef.of("of-all");

    /** The number is the position, or of another future if it is greater. */
    record Entry(long number, long author, int fill) {}

    /** Equal only for the same entries in the same order. */
    record Digest(long author, long count, long hash) {
        Digest add(Entry entry) {
            return new Digest(author, count + 1, hash * 1_000_003 + mix(entry.number() + 1));
        }
    }

    /** What projections hold behind a position: by author, and what was left out. */
    record State(List<Digest> digests, Digest total, Set<Long> held, int dead, int waiting) {}

    private final long seed;
    private final boolean large;
    private final boolean failing;
    private final List<State> states = new ArrayList<>();

    CrashEvents(long seed) {
        this.seed = seed;
        this.large = mix(seed) % 3 == 0;
        this.failing = mix(seed + 1) % 3 != 0;
    }

    static long mix(long value) {
        return (new SplittableRandom(value).nextLong() >>> 1);
    }

    /** Whether events are so large that files and map grow. */
    boolean isLarge() {
        return large;
    }

    Entry entry(long number) {
        long dice = mix(seed * 31 + number);
        int fill = (int) (dice / 64 % 150);
        if (large && dice / 7 % 4 == 0) {
            fill = 2_000 + (int) (dice / 64 % 30_000);
        }
        return new Entry(number, dice % AUTHORS, fill);
    }

    /** Two authors at times write what cannot be applied. */
    boolean fails(Entry entry) {
        return failing && entry.author() >= AUTHORS - 2 && mix(entry.number() * 13 + seed) % 5 == 0;
    }

    static StreamId stream(Entry entry) {
        return StreamId.of(CATEGORY, "author-" + entry.author());
    }

    EventBatch batch(long from, int count, long shift) {
        EventBatch batch = new EventBatch();
        for (long number = from + shift; number < from + shift + count; number++) {
            Entry entry = entry(number);
            batch.add(stream(entry), SERDE, entry);
        }
        return batch;
    }

    /** What projections hold once all events up to a position are applied; -1 for none. */
    synchronized State after(long position) {
        while (states.size() < position + 2) {
            states.add(states.isEmpty() ? first() : next(states.get(states.size() - 1)));
        }
        return states.get((int) position + 1);
    }

    private static State first() {
        List<Digest> digests = new ArrayList<>();
        for (long author = 0; author < AUTHORS; author++) {
            digests.add(new Digest(author, 0, 0));
        }
        return new State(digests, new Digest(-1, 0, 0), Set.of(), 0, 0);
    }

    private State next(State state) {
        return next(state, entry(states.size() - 1L));
    }

    State next(State state, Entry entry) {
        Digest total = state.total().add(entry);
        Set<Long> held = new HashSet<>(state.held());
        if (held.contains(entry.author())) {
            return new State(state.digests(), total, held, state.dead(), state.waiting() + 1);
        }
        if (fails(entry)) {
            held.add(entry.author());
            return new State(state.digests(), total, held, state.dead() + 1, state.waiting());
        }
        List<Digest> digests = new ArrayList<>(state.digests());
        digests.set((int) entry.author(), digests.get((int) entry.author()).add(entry));
        return new State(digests, total, held, state.dead(), state.waiting());
    }

    Projection digests() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(CATEGORY, Consumed.with(SERDE))
                .groupBy((key, entry) -> entry.author())
                .aggregate(
                        () -> new Digest(-1, 0, 0),
                        (author, entry, digest) -> {
                            if (fails(entry)) {
                                throw new IllegalStateException("wrong " + entry.number());
                            }
                            return new Digest(author, digest.count(), digest.hash()).add(entry);
                        },
                        Materialized.as(BY_AUTHOR, Serdes.int64(), DIGEST));
        return Projection.of(DIGESTS, 1, builder.build());
    }

    static Projection total() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(CATEGORY, Consumed.with(SERDE))
                .groupBy((key, entry) -> 0L)
                .aggregate(
                        () -> new Digest(-1, 0, 0),
                        (all, entry, digest) -> digest.add(entry),
                        Materialized.as(OF_ALL, Serdes.int64(), DIGEST));
        return Projection.of(TOTAL, 1, builder.build());
    }

    static ProjectionConfig config(String projection) {
        ProjectionConfig config =
                ProjectionConfig.defaults().withErrorPolicy(ErrorPolicy.deadLetter());
        return projection.equals(DIGESTS) ? config.withPartitions(2) : config;
    }

    static final Serde<Digest> DIGEST =
            new Serde<>() {
                @Override
                public void serialize(Digest value, BytesWriter out) {
                    out.putLong(value.author()).putLong(value.count()).putLong(value.hash());
                }

                @Override
                public Digest deserialize(BytesView in) {
                    return new Digest(in.getLong(0), in.getLong(8), in.getLong(16));
                }
            };

    private static final Serde<Entry> ENTRY =
            new Serde<>() {
                @Override
                public void serialize(Entry value, BytesWriter out) {
                    out.putLong(value.number()).putLong(value.author());
                    for (int i = 0; i < value.fill(); i++) {
                        out.putByte((byte) (value.number() * 7 + i * 31));
                    }
                }

                @Override
                public Entry deserialize(BytesView in) {
                    return new Entry(in.getLong(0), in.getLong(8), in.length() - 16);
                }
            };

    static final EventSerde<Entry> SERDE =
            EventSerde.of(Entry.class).type(TYPE, Entry.class, ENTRY).build();

    /** The bytes of an event as they must be in the log. */
    static byte[] bytes(Entry entry) {
        BytesWriter out = new BytesWriter();
        ENTRY.serialize(entry, out);
        return out.toByteArray();
    }
}
