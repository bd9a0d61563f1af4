package io.varve.store.serde;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts together how each name is read, once, so that a chain of upcasters that leads nowhere is
 * refused when the serde is built and not when an old event turns up.
 *
 * <pre>
 *   name in the log      read as        upcast
 *   "placed"             PlacedV1  ──▶  PlacedV2  ──▶  Placed
 *   "placed.v2"          PlacedV2  ──▶  Placed
 *   "placed.v3"          Placed                            the one that is written
 * </pre>
 */
final class EventReaders {
    private final Class<?> base;
    private final Map<Class<?>, ? extends EventType<?>> current;
    private final Collection<OldEventType<?, ?>> old;

    EventReaders(
            Class<?> base,
            Map<Class<?>, ? extends EventType<?>> current,
            Collection<OldEventType<?, ?>> old) {
        this.base = base;
        this.current = current;
        this.old = old;
    }

    /** All names, those of old types and aliases included. */
    Map<String, EventReader> byName(Map<String, Class<?>> aliases) {
        Map<String, EventReader> readers = new HashMap<>();
        current.values().forEach(type -> readers.put(type.name(), type.serde()::deserialize));
        old.forEach(type -> readers.put(type.name(), chain(type)));
        aliases.forEach((name, type) -> readers.put(name, alias(name, type)));
        return readers;
    }

    private EventReader alias(String name, Class<?> type) {
        EventType<?> now = current.get(type);
        return now != null ? now.serde()::deserialize : chain(from(type, name));
    }

    private EventReader chain(OldEventType<?, ?> first) {
        List<OldEventType<?, ?>> rest = new ArrayList<>();
        for (Class<?> to = first.to(); !isCurrent(to); ) {
            OldEventType<?, ?> next = from(to, first.name());
            if (next == first || rest.contains(next)) {
                throw new IllegalArgumentException(
                        "Upcasters lead in a circle; let the last one return a class that is"
                                + " written: type="
                                + first.name()
                                + " class="
                                + to.getName());
            }
            rest.add(next);
            to = next.to();
        }
        OldEventType<?, ?>[] steps = rest.toArray(OldEventType<?, ?>[]::new);
        return payload -> {
            Object event = first.read(payload);
            for (OldEventType<?, ?> step : steps) {
                event = step.upcast(first.name(), event);
            }
            return event;
        };
    }

    /** Whether events of this class need no further step. */
    private boolean isCurrent(Class<?> to) {
        return current.containsKey(to)
                || base.isAssignableFrom(to) && old.stream().noneMatch(type -> type.from() == to);
    }

    private OldEventType<?, ?> from(Class<?> type, String name) {
        List<OldEventType<?, ?>> found = old.stream().filter(one -> one.from() == type).toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    (found.isEmpty()
                                    ? "An old type leads to a class that is neither written nor upcast;"
                                            + " name it with type(name, class, serde) or upcast it further:"
                                    : "An old type leads to a class with several upcasters; give each old"
                                            + " name a class of its own:")
                            + " type="
                            + name
                            + " class="
                            + type.getName());
        }
        return found.get(0);
    }
}
