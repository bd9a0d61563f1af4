package io.varve.runtime;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Counts the notes it reads, and lets the test see each. */
final class CountedSerde implements EventSerde<Notes.Note> {
    final AtomicLong reads = new AtomicLong();
    volatile LongConsumer hook = count -> {};
    volatile Consumer<Notes.Note> seen = note -> {};
    private final EventSerde<Notes.Note> inner = Notes.serde();

    @Override
    public Set<String> types() {
        return inner.types();
    }

    @Override
    public String typeOf(Notes.Note event) {
        return inner.typeOf(event);
    }

    @Override
    public void serialize(Notes.Note event, BytesWriter out) {
        inner.serialize(event, out);
    }

    @Override
    public Notes.Note deserialize(String type, BytesView payload) {
        hook.accept(reads.incrementAndGet());
        Notes.Note note = inner.deserialize(type, payload);
        seen.accept(note);
        return note;
    }
}
