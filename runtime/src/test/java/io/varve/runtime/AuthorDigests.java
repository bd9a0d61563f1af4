package io.varve.runtime;

import io.varve.projections.Consumed;
import io.varve.projections.Materialized;
import io.varve.projections.Projection;
import io.varve.projections.StoreRef;
import io.varve.projections.StreamsBuilder;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import java.util.List;
import java.util.function.Consumer;

/** A digest of the notes of each author: equal only for the same notes in the same order. */
final class AuthorDigests {
    private static final StoreRef<Long, Notes.Digest> DIGESTS = StoreRef.of("digests");

    private AuthorDigests() {}

    static Projection projection(
            String name, EventSerde<Notes.Note> serde, Consumer<Notes.Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(serde))
                .groupBy((key, note) -> note.author())
                .aggregate(
                        () -> Notes.Digest.NOTHING,
                        (key, note, digest) -> {
                            Notes.Digest next = digest.add(note);
                            hook.accept(note);
                            return next;
                        },
                        Materialized.as(DIGESTS, Serdes.int64(), DIGEST_SERDE));
        return Projection.of(name, 1, builder.build());
    }

    static final Serde<Notes.Digest> DIGEST_SERDE =
            new Serde<>() {
                @Override
                public void serialize(Notes.Digest value, BytesWriter out) {
                    out.putLong(value.count()).putLong(value.hash());
                }

                @Override
                public Notes.Digest deserialize(BytesView in) {
                    return new Notes.Digest(in.getLong(0), in.getLong(8));
                }
            };

    static Notes.Digest read(ReadView view, long author) {
        return view.store(DIGESTS).get(author).orElse(Notes.Digest.NOTHING);
    }

    /** What it must be after these notes. */
    static Notes.Digest of(long author, List<Long> numbers) {
        Notes.Digest digest = Notes.Digest.NOTHING;
        for (long number : numbers) {
            digest = digest.add(new Notes.Note(author, number));
        }
        return digest;
    }
}
