package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.errors.StoreLockedException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Which projections are hosted on which store by any runtime: holds in its log go by their names,
 * so that two of one name would take each other's events away. A store is open in one process, and
 * there once.
 *
 * <p>That a hold is followed by one only ({@link io.varve.store.errors.HoldFollowedException}) does
 * not suffice: a hold is that of a generation, of which two of one name may have different ones,
 * and each gives back the holds of generations that it does not know.
 */
final class HostedNames {
    private static final Map<EventStore, Map<String, Path>> FOLDERS = new WeakHashMap<>();

    private HostedNames() {}

    /** A name that is taken, until it is given back. */
    record Taken(EventStore store, String projection, Path folder) {
        void giveBack() {
            synchronized (FOLDERS) {
                FOLDERS.getOrDefault(store, Map.of()).remove(projection, folder);
            }
        }
    }

    /** The names that are taken. */
    static Set<String> of(EventStore store) {
        synchronized (FOLDERS) {
            return Set.copyOf(FOLDERS.getOrDefault(store, Map.of()).keySet());
        }
    }

    /**
     * Takes a name.
     *
     * @param parent the folder of the runtime
     * @throws StoreLockedException if a runtime has it in this very folder
     * @throws ProjectionHostedException if one has it in another
     */
    static Taken take(EventStore store, String projection, Path parent) {
        Path folder = parent.toAbsolutePath().normalize();
        synchronized (FOLDERS) {
            Path other =
                    FOLDERS.computeIfAbsent(store, any -> new HashMap<>())
                            .putIfAbsent(projection, folder);
            if (other == null) {
                return new Taken(store, projection, folder);
            }
            if (other.equals(folder)) {
                throw new StoreLockedException(
                        folder.resolve(projection), ProcessHandle.current().pid());
            }
            throw new ProjectionHostedException(projection, folder, other);
        }
    }
}
