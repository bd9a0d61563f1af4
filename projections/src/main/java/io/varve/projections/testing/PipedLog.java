package io.varve.projections.testing;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Source;
import io.varve.projections.Tick;
import io.varve.store.EventHeaders;
import io.varve.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the log of a driver has: events that were piped, and events that were emitted. */
final class PipedLog {
    private final List<PipedEvent> events = new ArrayList<>();
    private final List<Emission> emissions = new ArrayList<>();
    private final Map<StreamId, Long> nextVersion = new HashMap<>();

    List<PipedEvent> events() {
        return events;
    }

    int size() {
        return events.size();
    }

    /** What was emitted to a category. */
    <E> List<EmittedRecord<E>> emitted(String category, Class<E> type) {
        return emissions.stream()
                .filter(one -> one.event().stream().category().equals(category))
                .map(one -> one.as(type))
                .toList();
    }

    /** What to say where its last events could not be committed. */
    static IllegalStateException ofNoUse(Throwable failure) {
        return new IllegalStateException(
                "A commit has failed before. Correct what it tells of, and begin with a new driver.",
                failure);
    }

    private long version(StreamId stream) {
        return nextVersion.getOrDefault(stream, 0L);
    }

    /** The next event, which is not in it yet. */
    PipedEvent next(StreamId stream, long time, EventHeaders headers, Source source, Object event) {
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(event, "event");
        return PipedEvent.of(size(), stream, version(stream), time, headers, source, event);
    }

    /** A tick as the next event. */
    PipedEvent nextTick(long time) {
        return PipedEvent.tick(size(), version(Tick.STREAM), time);
    }

    /** What is at a position, as the next event. */
    PipedEvent again(long position) {
        if (position < 0 || position >= size()) {
            throw new IllegalArgumentException(
                    "There is no such event: position="
                            + position
                            + " events="
                            + size()
                            + ". Use what pipe() has returned.");
        }
        PipedEvent event = events.get((int) position);
        return new PipedEvent(
                size(),
                event.stream(),
                version(event.stream()),
                event.type(),
                event.eventTimeMillis(),
                event.headers(),
                event.payload());
    }

    void append(PipedEvent event) {
        events.add(event);
        nextVersion.put(event.stream(), event.version() + 1);
    }

    /** Appends what projections have emitted and committed; answers what that was. */
    List<PipedEvent> appendEmitted(List<Replica> replicas) {
        List<Emission> next = new ArrayList<>();
        for (Replica replica : replicas) {
            replica.takeEmitted()
                    .forEach(event -> next.add(new Emission(replica.projection(), event)));
        }
        List<PipedEvent> appended = new ArrayList<>();
        for (Emission one : next) {
            EmittedEvent event = one.event();
            PipedEvent piped =
                    PipedEvent.of(size(), version(event.stream()), one.projection().name(), event);
            append(piped);
            emissions.add(one);
            appended.add(piped);
        }
        return appended;
    }
}
