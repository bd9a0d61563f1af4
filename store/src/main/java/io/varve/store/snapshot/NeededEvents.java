package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.EventView;
import io.varve.store.SystemEvents;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** Looks for events of a category that no snapshot stands for. One use. */
final class NeededEvents {
    private final Category<?> category;
    private final SnapshotTable table;

    /** Told of the first event of a stream that lacks some which are needed before it. */
    private final Consumer<EventView> broken;

    /** By key of stream, the version up to which its events are not needed. */
    private final Map<String, Long> saved = new HashMap<>();

    private OptionalLong first = OptionalLong.empty();

    NeededEvents(Category<?> category, SnapshotTable table, Consumer<EventView> broken) {
        this.category = category;
        this.table = table;
        this.broken = broken;
    }

    /** The position of the first. */
    OptionalLong first() {
        category.store()
                .read(
                        category.query(),
                        event -> {
                            if (isNeeded(event)) {
                                first = OptionalLong.of(event.position());
                            }
                            return first.isEmpty();
                        });
        return first;
    }

    /** The keys of the streams that have such events before a position. */
    Set<String> streamsBefore(long position) {
        Set<String> keys = new HashSet<>();
        category.store()
                .read(
                        category.query(),
                        event -> {
                            if (event.position() < position && isNeeded(event)) {
                                keys.add(event.stream().key());
                            }
                            return event.position() < position;
                        });
        return keys;
    }

    private boolean isNeeded(EventView event) {
        String key = event.stream().key();
        Long known = saved.get(key);
        if (known == null) {
            known = table.oldestVersion(key);
            if (event.version() > known + 1) {
                broken.accept(event);
                known = Long.MAX_VALUE; // no state can be had of it any more
            }
            saved.put(key, known);
        }
        return event.version() > known && !SystemEvents.isSystem(event.type());
    }
}
