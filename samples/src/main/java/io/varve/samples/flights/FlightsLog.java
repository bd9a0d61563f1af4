package io.varve.samples.flights;

import io.varve.store.AppendResult;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.RecordedEvent;
import io.varve.store.StreamId;
import io.varve.store.bytes.BytesView;
import io.varve.store.serde.EventSerde;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Brings flights into a log, in order, and knows which of them are there already: batches are whole
 * and in the order of the file, so the number of events in the log is the number of flights done.
 * One thread at a time.
 */
public final class FlightsLog {
    private final EventStore store;
    private final EventSerde<FlightEvent> serde;
    private final List<FlightDeparted> flights;
    private final int batchEvents;

    /** By airport: its stream, and how many events that has. */
    private final Map<String, Stream> streams = new HashMap<>();

    /**
     * A log for flights.
     *
     * @param store of nothing else
     * @param serde writes the events
     * @param flights all of them
     * @param batchEvents how many are appended at a time, 1 or more
     */
    public FlightsLog(
            EventStore store,
            EventSerde<FlightEvent> serde,
            List<FlightDeparted> flights,
            int batchEvents) {
        this.store = store;
        this.serde = serde;
        this.flights = flights;
        this.batchEvents = batchEvents;
    }

    /**
     * How many flights are in the log.
     *
     * @return 0 or more
     */
    public long recorded() {
        return store.head() + 1;
    }

    /**
     * Looks whether the log holds the first flights of the file and nothing else: the first event,
     * the last one, and the length of every stream.
     *
     * @return what is wrong, or empty
     */
    public Optional<String> mismatch() {
        long recorded = recorded();
        if (recorded > flights.size()) {
            return Optional.of("events=" + recorded + " flights=" + flights.size());
        }
        streams.clear();
        flights.subList(0, (int) recorded).forEach(flight -> stream(flight).events++);
        return streams.values().stream()
                .filter(stream -> store.version(stream.id).orElse(-1) != stream.events - 1)
                .map(stream -> "stream=" + stream.id + " expected events=" + stream.events)
                .findFirst()
                .or(() -> recorded == 0 ? Optional.empty() : mismatch(0))
                .or(() -> recorded == 0 ? Optional.empty() : mismatch(recorded - 1));
    }

    private Optional<String> mismatch(long position) {
        FlightDeparted flight = flights.get((int) position);
        RecordedEvent event = store.readList(EventQuery.all().from(position).limit(1)).get(0);
        boolean same =
                event.stream().equals(stream(flight).id)
                        && serde.types().contains(event.type())
                        && serde.deserialize(event.type(), BytesView.of(event.payload()))
                                .equals(flight);
        return same
                ? Optional.empty()
                : Optional.of("position=" + position + " expected=" + flight + " found=" + event);
    }

    /**
     * Appends the flights that are missing. Call {@link #mismatch} first.
     *
     * @param acknowledged is told of each batch that is on disk
     */
    public void append(Consumer<AppendResult> acknowledged) {
        EventBatch batch = new EventBatch();
        for (int next = (int) recorded(); next < flights.size(); next += batch.size()) {
            batch.clear();
            int end = Math.min(flights.size(), next + batchEvents);
            flights.subList(next, end).forEach(flight -> add(flight, batch));
            acknowledged.accept(store.append(batch));
        }
    }

    private void add(FlightDeparted flight, EventBatch batch) {
        Stream stream = stream(flight);
        if (stream.batch != recorded()) {
            stream.batch = recorded();
            batch.expect(stream.id, stream.version());
        }
        batch.add(stream.id, serde, flight, OptionalLong.of(flight.eventTimeMillis()));
        stream.events++;
    }

    private Stream stream(FlightDeparted flight) {
        return streams.computeIfAbsent(flight.origin(), Stream::new);
    }

    private static final class Stream {
        private final StreamId id;
        private long events;

        /** Position of the first event of the batch that has an expectation of this stream. */
        private long batch = -1;

        private Stream(String airport) {
            id = new StreamId(FlightEvent.CATEGORY, airport);
        }

        private ExpectedVersion version() {
            return events == 0 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(events - 1);
        }
    }
}
