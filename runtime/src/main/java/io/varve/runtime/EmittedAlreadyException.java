package io.varve.runtime;

import io.varve.projections.EmittedEvent;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.RecordedEvent;
import io.varve.store.errors.VarveException;
import java.util.Optional;
import java.util.UUID;

/**
 * The log has an event that a projection is about to emit, with its id, and yet no mark of the
 * projection: it was made by an import, which brings no marks. Nothing is appended.
 */
public final class EmittedAlreadyException extends VarveException {
    private static final long serialVersionUID = 1L;

    /** How much of a stream is looked at, once in the life of a projection. */
    private static final int ENOUGH = 10_000;

    private final String projection;

    private EmittedAlreadyException(String projection, String producer, RecordedEvent found) {
        super(
                "The log has events already that this projection emits, and no mark of it, as after"
                        + " an import: projection="
                        + projection
                        + " stream="
                        + found.stream()
                        + " position="
                        + found.position()
                        + " eventId="
                        + found.headers().eventId().orElseThrow(),
                "Import its input alone, or restore a backup, which brings the marks. If the log has"
                        + " all that it emits up to a position P, append an event of your own with"
                        + " producerMark(ProducerMark.first(\""
                        + producer
                        + "\", 0, P)) and start it again.");
        this.projection = projection;
    }

    /** Refuses to emit a first event that the log has. */
    static void check(EventStore store, String projection, String producer, EmittedEvent first) {
        Optional<UUID> id = Optional.of(first.id(projection));
        store.read(
                EventQuery.stream(first.stream()).limit(ENOUGH),
                event -> {
                    if (event.headers().eventId().equals(id)) {
                        throw new EmittedAlreadyException(
                                projection, producer, event.toRecordedEvent());
                    }
                    return true;
                });
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }
}
