package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.EventQuery;
import io.varve.store.EventView;
import io.varve.store.StreamInfo;
import io.varve.store.SystemEvents;
import io.varve.store.errors.EventsTruncatedException;
import java.util.Optional;
import java.util.OptionalLong;

/** Folds the events of a stream that lie behind a state, where they lie. Thread-safe. */
final class TailFold<S, E> {
    private final Category<E> category;
    private final StreamFold<S, E> fold;

    TailFold(Category<E> category, StreamFold<S, E> fold) {
        this.category = category;
        this.fold = fold;
    }

    /** The state after the event of a version, or as of now if there is no such event yet. */
    Loaded<S> onto(Loaded<S> base, long lastVersion) {
        // Before the reading, which then comes at least so far: where the end of a truncated stream
        // is missing, there is no event to tell.
        long last = Math.min(lastVersion, category.version(base.stream().key()).orElse(-1));
        Walk walk = new Walk(base);
        if (lastVersion > walk.version) {
            long left = lastVersion == Long.MAX_VALUE ? lastVersion : lastVersion - walk.version;
            category.store()
                    .read(
                            EventQuery.stream(base.stream()).from(walk.version + 1).limit(left),
                            walk::event);
        }
        if (walk.version < last && !walk.endsBehind(last)) {
            throw walk.missing();
        }
        return walk.end();
    }

    /** One reading. */
    private final class Walk {
        private final Loaded<S> base;
        private final long start;
        private S state;
        private long version;
        private long position;

        Walk(Loaded<S> base) {
            this.base = base;
            this.state = base.state();
            this.start = base.version().orElse(-1);
            this.version = start;
            this.position = base.position();
        }

        boolean event(EventView event) {
            if (event.version() != version + 1) {
                throw missing();
            }
            if (!SystemEvents.isSystem(event.type())) {
                state = fold(event);
            }
            version = event.version();
            position = event.position();
            return true;
        }

        /** Whether all that is missing is the tombstone of the stream, which changes no state. */
        boolean endsBehind(long last) {
            Optional<StreamInfo> info = category.store().streams().find(base.stream());
            return version == last - 1
                    && info.filter(end -> end.tombstoned() && end.version() == last).isPresent();
        }

        private S fold(EventView event) {
            E value = event.decode(category.serde());
            S folded = fold.apply(state, value);
            if (folded == null) {
                throw new IllegalStateException(
                        "A fold returned null; let it return the state: stream="
                                + base.stream()
                                + " version="
                                + event.version());
            }
            return folded;
        }

        EventsTruncatedException missing() {
            return new EventsTruncatedException(
                    "stream=" + base.stream() + " version=" + (version + 1),
                    category.store().retention().firstPosition());
        }

        Loaded<S> end() {
            return version == start
                    ? base
                    : new Loaded<>(
                            base.stream(),
                            state,
                            OptionalLong.of(version),
                            position,
                            base.folded() + version - start,
                            base.snapshotVersion(),
                            base.rejections(),
                            base.outcome());
        }
    }
}
