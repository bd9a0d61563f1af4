package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.Hold;
import io.varve.store.PlainName;
import io.varve.store.errors.HoldFollowedException;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** Projections that were hosted once, and for which the log still keeps events. Thread-safe. */
final class UnhostedProjections {
    private final EventStore store;
    private final Path parent;

    /**
     * Looks at nothing yet.
     *
     * @param parent the folder of the runtime
     */
    UnhostedProjections(EventStore store, Path parent) {
        this.store = store;
        this.parent = parent;
    }

    /**
     * Their names, and the first position that is kept for each.
     *
     * @param own those of this runtime, started or not
     */
    SortedMap<String, Long> list(Collection<String> own) {
        Set<String> hosted = new HashSet<>(own);
        hosted.addAll(HostedNames.of(store));
        SortedMap<String, Long> held = ProjectionHold.byProjection(store.retention());
        hosted.addAll(HostedNames.of(store)); // some may have come or gone meanwhile
        held.keySet().removeAll(hosted);
        return held;
    }

    /** Says so at a start: a log that grows is looked for there. */
    void log(Collection<String> own) {
        list(own)
                .forEach(
                        (name, position) ->
                                Logs.of(UnhostedProjections.class)
                                        .log(
                                                Level.INFO,
                                                "No runtime has a projection that keeps events in the log;"
                                                        + " forget it if it will not be deployed again:"
                                                        + " projection={0} position={1}",
                                                name,
                                                Long.toString(position)));
    }

    /**
     * Lets go of what one holds.
     *
     * @throws ProjectionHostedException if a runtime has it, or its code has not come back
     * @throws io.varve.store.errors.StoreLockedException if its folder is in use
     * @throws IllegalArgumentException if nothing is known of it
     */
    ForgottenProjection forget(String name, boolean delete) {
        PlainName.check("projection", name, 100);
        ProjectionFolder.checkApart(store.config().path(), parent, name);
        HostedNames.Taken taken = HostedNames.take(store, name, parent);
        try {
            List<Hold> holds = ProjectionHold.of(store.retention(), name);
            boolean kept = ProjectionFolder.isKept(parent.resolve(name));
            if (holds.isEmpty() && !kept) {
                throw new IllegalArgumentException(
                        "No such projection, neither in the log nor in the folder: projection="
                                + name
                                + " folder="
                                + parent
                                + " unhosted="
                                + list(Set.of()).keySet());
            }
            holds.forEach(hold -> checkOver(name, hold));
            // First, as it can be done again as long as there is a hold.
            Optional<Path> deleted = delete && kept ? Optional.of(delete(name)) : Optional.empty();
            holds.forEach(hold -> store.retention().release(hold.name()));
            return new ForgottenProjection(name, holds, deleted);
        } finally {
            taken.giveBack();
        }
    }

    /** Code that was left behind still has its read model open. */
    private void checkOver(String name, Hold hold) {
        try {
            store.retention().follow(hold.name(), hold::position).close();
        } catch (HoldFollowedException e) {
            throw ProjectionHostedException.leftBehind(name, parent);
        }
    }

    private Path delete(String name) {
        try (ProjectionFolder opened = ProjectionFolder.open(parent, name)) {
            opened.deleteWhole();
            return opened.path();
        }
    }
}
