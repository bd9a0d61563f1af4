package io.varve.runtime;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was found when the data of snapshots were read, which is not done again each time somebody
 * asks. One that is made again in the place of another has another manifest. Thread-safe.
 */
final class CheckedSnapshots {
    private final Set<SnapshotManifest> whole = ConcurrentHashMap.newKeySet();
    private final Map<SnapshotManifest, String> damaged = new ConcurrentHashMap<>();

    boolean isWhole(SnapshotManifest manifest) {
        return whole.contains(manifest);
    }

    void whole(SnapshotManifest manifest) {
        whole.add(manifest);
        repaired(manifest);
    }

    /** It could be used, whatever was found before. */
    void repaired(SnapshotManifest manifest) {
        damaged.remove(manifest);
    }

    /** Remembers what was found in one that was to be used, if it is damage of its data. */
    void found(Path place, Exception trouble) {
        if (trouble instanceof StoreCorruptedException) {
            try {
                damaged.put(SnapshotManifest.read(place), reason(trouble));
            } catch (IOException | VarveException e) {
                trouble.addSuppressed(e); // it is the manifest, which is read each time
            }
        }
    }

    Optional<String> damage(SnapshotManifest manifest) {
        return Optional.ofNullable(damaged.get(manifest));
    }

    void retain(Collection<SnapshotManifest> kept) {
        whole.retainAll(kept);
        damaged.keySet().retainAll(kept);
    }

    int count() {
        return whole.size() + damaged.size();
    }

    static String reason(Exception e) {
        return e.getMessage() + (e.getCause() == null ? "" : " cause=" + e.getCause());
    }
}
