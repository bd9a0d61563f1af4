package io.varve.runtime;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * The tests' domain: authors write numbered notes; a projection digests all of them, in order. Two
 * digests are equal only if the same notes were seen, each once, in the same order.
 */
final class Notes {
    static final String CATEGORY = "notes";
    static final StoreRef<String, Digest> DIGEST = StoreRef.of("digest");
    static final Duration LONG = Duration.ofSeconds(60);

    record Note(long author, long number) {}

    record Digest(long count, long hash) {
        static final Digest NOTHING = new Digest(0, 0);

        Digest add(Note note) {
            return new Digest(count + 1, hash * 1_000_003 + note.author() * 7_919 + note.number());
        }
    }

    private Notes() {}

    static EventSerde<Note> serde() {
        return EventSerde.of(Note.class)
                .type("noted", Note.class, pair(Note::author, Note::number, Note::new))
                .build();
    }

    private static <T> Serde<T> pair(
            ToLongFunction<T> first, ToLongFunction<T> second, BiFunction<Long, Long, T> make) {
        return new Serde<>() {
            @Override
            public void serialize(T value, BytesWriter out) {
                out.putLong(first.applyAsLong(value)).putLong(second.applyAsLong(value));
            }

            @Override
            public T deserialize(BytesView in) {
                return make.apply(in.getLong(0), in.getLong(8));
            }
        };
    }

    /** A projection that shows each note to a hook before it digests it. */
    static Projection digest(String name, EventSerde<Note> serde, Consumer<Note> hook) {
        return digest(name, CATEGORY, serde, hook);
    }

    static Projection digest(
            String name, String category, EventSerde<Note> serde, Consumer<Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(category, Consumed.with(serde))
                .peek((key, note) -> hook.accept(note))
                .groupBy((key, note) -> "all")
                .aggregate(
                        () -> Digest.NOTHING,
                        (key, note, digest) -> digest.add(note),
                        Materialized.as(
                                DIGEST,
                                Serdes.utf8(),
                                pair(Digest::count, Digest::hash, Digest::new)));
        return Projection.of(name, 1, builder.build());
    }

    /**
     * Appends notes of an author, numbered from a number, in one commit; returns the last position.
     */
    static long append(
            EventStore store, EventSerde<Note> serde, long author, long from, int count) {
        return append(store, CATEGORY, serde, author, from, count);
    }

    static long append(
            EventStore store,
            String category,
            EventSerde<Note> serde,
            long author,
            long from,
            int count) {
        EventBatch batch = new EventBatch();
        StreamId stream = StreamId.of(category, "author-" + author);
        for (int i = 0; i < count; i++) {
            batch.add(stream, serde, new Note(author, from + i));
        }
        return store.append(batch).lastPosition();
    }

    /** What a digest must be that has seen the log up to a position. */
    static Digest expected(EventStore store, EventSerde<Note> serde, long upTo) {
        Digest[] digest = {Digest.NOTHING};
        store.read(
                EventQuery.all().limit(upTo + 1),
                event -> {
                    if (event.stream().category().equals(CATEGORY)) {
                        Note note = serde.deserialize(event.type(), event.payload());
                        digest[0] = digest[0].add(note);
                    }
                    return true;
                });
        return digest[0];
    }

    /** The digest of a projection, and the position it is as of. */
    static Digest digestOf(ReadView view) {
        return view.store(DIGEST).get("all").orElse(Digest.NOTHING);
    }
}
