package io.varve.store.transfer;

import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.NewEvent;
import io.varve.store.RecordedEvent;
import io.varve.store.StreamId;
import io.varve.store.errors.ImportException;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StreamTombstonedException;
import io.varve.store.errors.WrongExpectedVersionException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Appends imported events in batches, and skips those that are there. One thread at a time. */
final class BatchedAppends implements EventImport.EventSink {
    private static final int MOST_EVENTS = 10_000;
    private static final long MOST_BYTES = 4 << 20;
    private static final String REMEDY =
            "Import into a store whose streams end where those of the file begin, best an empty"
                    + " one.";

    private static final String TRUNCATED_REMEDY =
            "Restore a backup to move a log whose beginning was truncated; or import into a store"
                    + " that has the events before.";

    private final EventStore store;
    private final EventBatch batch = new EventBatch();
    private final Map<StreamId, Long> versions = new HashMap<>();
    private long bytes;
    private long appended;
    private long skipped;

    BatchedAppends(EventStore store) {
        this.store = store;
    }

    @Override
    public void event(Item.Event item, long number) {
        RecordedEvent event = item.event();
        Long known = versions.get(event.stream());
        long current = known != null ? known : store.version(event.stream()).orElse(-1);
        if (event.version() <= current && known == null) {
            skip(event, number);
            return;
        }
        if (current < 0 && event.version() > 0) {
            throw new ImportException(
                    number,
                    "the file lacks the beginning of a stream that the store does not have: stream="
                            + event.stream()
                            + " version="
                            + event.version(),
                    TRUNCATED_REMEDY);
        }
        if (event.version() != current + 1) {
            throw new ImportException(
                    number,
                    "the stream is at another version: stream="
                            + event.stream()
                            + " version="
                            + event.version()
                            + " stream's version="
                            + current,
                    REMEDY);
        }
        add(event, known == null, number);
    }

    private void skip(RecordedEvent event, long number) {
        List<RecordedEvent> there =
                store.readList(EventQuery.stream(event.stream()).from(event.version()).limit(1));
        if (there.isEmpty() || !isSame(there.get(0), event)) {
            throw new ImportException(
                    number,
                    "the store has another event there: stream="
                            + event.stream()
                            + " version="
                            + event.version(),
                    REMEDY);
        }
        skipped++;
    }

    private static boolean isSame(RecordedEvent there, RecordedEvent event) {
        return there.type().equals(event.type())
                && (event.isTombstone() || there.eventTimeMillis() == event.eventTimeMillis())
                && there.headers().equals(event.headers())
                && Arrays.equals(there.payload(), event.payload());
    }

    private void add(RecordedEvent event, boolean isFirst, long number) {
        try {
            if (isFirst) {
                batch.expect(
                        event.stream(),
                        event.version() == 0
                                ? ExpectedVersion.noStream()
                                : ExpectedVersion.exactly(event.version() - 1));
            }
            add(event);
        } catch (IllegalArgumentException e) {
            throw new ImportException(number, e.getMessage(), EventImport.REMEDY, e);
        } catch (LimitExceededException e) {
            throw new ImportException(number, e.what(), e.remedy(), e);
        }
        versions.put(event.stream(), event.version());
        bytes += event.payload().length;
        if (batch.size() >= MOST_EVENTS || bytes >= MOST_BYTES) {
            flush(number);
        }
    }

    private void add(RecordedEvent event) {
        if (event.isTombstone() && event.headers().isEmpty() && event.payload().length == 0) {
            batch.tombstone(event.stream());
        } else {
            batch.add(
                    event.stream(),
                    new NewEvent(
                            event.type(),
                            event.payload(),
                            OptionalLong.of(event.eventTimeMillis()),
                            event.headers()));
        }
    }

    @Override
    public void end(long number) {
        flush(number);
    }

    private void flush(long number) {
        if (batch.size() == 0) {
            return;
        }
        try {
            store.append(batch);
        } catch (WrongExpectedVersionException | StreamTombstonedException e) {
            throw new ImportException(number, "the store does not take it: " + e.what(), REMEDY, e);
        } catch (LimitExceededException e) {
            throw new ImportException(number, "an event up to here: " + e.what(), e.remedy(), e);
        }
        appended += batch.size();
        batch.clear();
        versions.clear();
        bytes = 0;
    }

    ImportResult result() {
        return new ImportResult(appended, skipped);
    }
}
