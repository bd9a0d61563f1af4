package io.varve.runtime;

import io.varve.projections.Consumed;
import io.varve.projections.Produced;
import io.varve.projections.Projection;
import io.varve.projections.StreamsBuilder;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** A projection that answers notes with others, and what the log must have of them. */
final class Echoes {
    static final String CATEGORY = "echoes";
    static final String NAME = "echo";

    private static final EventSerde<Notes.Note> SERDE = Notes.serde();

    private Echoes() {}

    /** Two answers to each note, but none to every third. */
    static Projection projection() {
        return projection(note -> {});
    }

    /** The same, which shows each note to a hook first. */
    static Projection projection(Consumer<Notes.Note> hook) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(Notes.CATEGORY, Consumed.with(SERDE))
                .peek((key, note) -> hook.accept(note))
                .filter((key, note) -> note.number() % 3 != 0)
                .<Notes.Note>flatMapValues(note -> List.of(answer(note, 0), answer(note, 1)))
                .to(CATEGORY, Produced.with(SERDE).withName("out"));
        return Projection.of(NAME, 1, builder.build());
    }

    private static Notes.Note answer(Notes.Note note, int which) {
        return new Notes.Note(note.author(), note.number() * 2 + which);
    }

    /** One event, in all that matters. */
    record Echo(UUID id, String key, Notes.Note note, long time) {}

    /** What there must be, in order, of what the log has now. */
    static List<Echo> expected(EventStore store) {
        List<Echo> echoes = new ArrayList<>();
        store.read(
                EventQuery.all(),
                event -> {
                    if (event.stream().category().equals(Notes.CATEGORY)) {
                        Notes.Note note = SERDE.deserialize(event.type(), event.payload());
                        for (int i = 0; i < 2 && note.number() % 3 != 0; i++) {
                            String name = NAME + "\nout\n" + event.position() + "\n" + i;
                            UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
                            String key = event.stream().key();
                            echoes.add(new Echo(id, key, answer(note, i), event.eventTimeMillis()));
                        }
                    }
                    return true;
                });
        return echoes;
    }

    /** What there is. */
    static List<Echo> found(EventStore store) {
        List<Echo> echoes = new ArrayList<>();
        store.read(
                EventQuery.all(),
                event -> {
                    if (event.stream().category().equals(CATEGORY)) {
                        echoes.add(
                                new Echo(
                                        event.headers().eventId().orElseThrow(),
                                        event.stream().key(),
                                        SERDE.deserialize(event.type(), event.payload()),
                                        event.eventTimeMillis()));
                    }
                    return true;
                });
        return echoes;
    }

    /**
     * Waits until all are there: the log has nothing but notes, to which none is added meanwhile,
     * and answers, which are being appended.
     */
    static boolean await(ProjectionRuntime runtime, EventStore store) throws InterruptedException {
        long[] notes = {0};
        store.read(
                EventQuery.all(),
                event -> {
                    notes[0] += event.stream().category().equals(Notes.CATEGORY) ? 1 : 0;
                    return true;
                });
        long last = notes[0] + expected(store).size() - 1;
        return runtime.awaitPosition(NAME, last, Notes.LONG);
    }
}
