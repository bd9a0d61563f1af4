package io.varve.store.snapshot;

import io.varve.store.Category;
import io.varve.store.EventView;
import io.varve.store.SystemEvents;
import io.varve.store.errors.EventsTruncatedException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Looks for the first event of a category that no snapshot stands for. One use. */
final class NeededEvents {
    private final Category<?> category;
    private final SnapshotTable table;

    /** By key of stream, the version up to which snapshots stand for its events. */
    private final Map<String, Long> saved = new HashMap<>();

    private OptionalLong first = OptionalLong.empty();

    NeededEvents(Category<?> category, SnapshotTable table) {
        this.category = category;
        this.table = table;
    }

    OptionalLong firstPosition() {
        category.store().read(category.query(), this::look);
        return first;
    }

    private boolean look(EventView event) {
        String key = event.stream().key();
        Long known = saved.get(key);
        if (known == null) {
            known = table.oldestVersion(key);
            saved.put(key, known);
            checkFollows(event, known);
        }
        if (event.version() > known && !SystemEvents.isSystem(event.type())) {
            first = OptionalLong.of(event.position());
        }
        return first.isEmpty();
    }

    /** Sees that the first event that is left is no later than the first that is needed. */
    private void checkFollows(EventView event, long known) {
        if (event.version() > known + 1) {
            throw new EventsTruncatedException(
                    "stream=" + event.stream() + " version=" + (known + 1),
                    category.store().retention().firstPosition());
        }
    }
}
