package io.varve.store;

import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.HoldFollowedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The holds of a log: in memory, and as rows. Guarded by the lock of {@link Retention}. */
final class HoldTable {
    private final Log log;
    private final LogChange change;
    private final TreeMap<String, Long> holds = new TreeMap<>();

    /** Who is running, and can be asked. */
    private final Map<String, Followed> live = new ConcurrentHashMap<>();

    /** One registration, which is itself alone, whatever is asked. */
    private static final class Followed {
        private final LongSupplier position;

        Followed(LongSupplier position) {
            this.position = position;
        }
    }

    HoldTable(Log log, LogChange change) {
        this.log = log;
        this.change = change;
        holds.putAll(log.holdsAtOpening());
    }

    /** All, the lowest first. */
    List<Hold> list() {
        List<Hold> list = new ArrayList<>();
        holds.forEach((name, position) -> list.add(new Hold(name, position)));
        list.sort(Comparator.comparingLong(Hold::position));
        return list;
    }

    /** Those that need events before a position, the lowest first. */
    List<Hold> before(long position) {
        return list().stream().filter(hold -> hold.position() < position).toList();
    }

    void put(Hold hold) {
        long first = log.base().firstPosition();
        if (hold.position() < first) {
            throw new EventsTruncatedException(
                    "hold=" + hold.name() + " position=" + hold.position(), first);
        }
        if (!Objects.equals(holds.get(hold.name()), hold.position())) {
            putAll(Map.of(hold.name(), hold.position()));
        }
    }

    private void putAll(Map<String, Long> moved) {
        change.make(
                writer ->
                        moved.forEach(
                                (name, position) -> log.holdRows().put(writer, name, position)));
        holds.putAll(moved);
    }

    boolean remove(String name) {
        if (!holds.containsKey(name)) {
            return false;
        }
        change.make(writer -> log.holdRows().delete(writer, name));
        holds.remove(name);
        return true;
    }

    /** Asks one who is running; returns what ends that. */
    Retention.Following follow(String name, LongSupplier position) {
        Followed followed = new Followed(position);
        if (live.putIfAbsent(name, followed) != null) {
            throw new HoldFollowedException(name);
        }
        return () -> live.remove(name, followed);
    }

    /**
     * Asks those who are running, and moves their holds forward as far as it is of use.
     *
     * @param asked who was asked before, and is not asked again: to answer may take a while
     */
    void refresh(long wanted, Set<String> asked) {
        Map<String, Long> moved = new TreeMap<>();
        live.forEach(
                (name, followed) -> {
                    Long known = holds.get(name);
                    if ((known == null || known < wanted) && asked.add(name)) {
                        Hold told = new Hold(name, followed.position.getAsLong());
                        if (known == null || told.position() > known) {
                            moved.put(name, told.position());
                        }
                    }
                });
        if (!moved.isEmpty()) {
            putAll(moved);
        }
    }
}
