package io.varve.store;

import io.varve.store.errors.FolderRefusedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Appends what is salvaged to another store, in batches. One thread. */
final class SalvageCopy {
    private static final int MOST_EVENTS = 10_000;
    private static final long MOST_BYTES = 4 << 20;

    private final EventStore target;
    private final EventBatch batch = new EventBatch();

    /** Positions of the tombstones behind which there is no event of their streams. */
    private final Map<StreamId, Long> ends = new HashMap<>();

    private long bytes;
    private long copied;
    private long leftOut;

    private SalvageCopy(EventStore target) {
        this.target = target;
    }

    static Salvage.Copy run(Path store, EventStore target, ProgressListener listener) {
        if (target.head() >= 0) {
            throw new FolderRefusedException(
                    "The store to copy into has events",
                    target.config().path(),
                    "Copy into a new store; to do again what was cut short, delete its folder"
                            + " first.");
        }
        return new SalvageCopy(target).run(store, listener);
    }

    private Salvage.Copy run(Path store, ProgressListener listener) {
        Salvage.Report first = Salvage.read(store, this::look);
        ProgressMeter progress = new ProgressMeter(listener, first.events());
        Salvage.Report report =
                Salvage.read(
                        store,
                        event -> {
                            add(event);
                            progress.add(1);
                            return true;
                        });
        flush();
        progress.end();
        return new Salvage.Copy(report, copied, leftOut);
    }

    private boolean look(EventView event) {
        StreamId stream = event.stream();
        if (event.isTombstone()) {
            ends.put(stream, event.position());
        } else {
            ends.remove(stream);
        }
        return true;
    }

    private void add(EventView event) {
        StreamId stream = event.stream();
        if (!event.type().startsWith(SystemEvents.PREFIX)) {
            RecordedEvent found = event.toRecordedEvent();
            OptionalLong time = OptionalLong.of(found.eventTimeMillis());
            batch.add(stream, new NewEvent(found.type(), found.payload(), time, found.headers()));
            bytes += found.payload().length;
        } else if (event.isTombstone() && ends.getOrDefault(stream, -1L) == event.position()) {
            batch.tombstone(stream);
        } else {
            leftOut++;
        }
        if (batch.size() >= MOST_EVENTS || bytes >= MOST_BYTES) {
            flush();
        }
    }

    private void flush() {
        if (batch.size() > 0) {
            target.append(batch);
            copied += batch.size();
            batch.clear();
            bytes = 0;
        }
    }
}
