package io.varve.runtime;

import io.varve.store.errors.StoreClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The projections of a runtime, which come and go while it runs. Thread-safe. */
final class HostedProjections {
    private final Map<String, HostedProjection> byName = new LinkedHashMap<>();

    // Close must not overlook one that is being removed.
    private final List<HostedProjection> leaving = new ArrayList<>();

    /**
     * Adds one.
     *
     * @param parent the folder of the runtime
     */
    synchronized void add(HostedProjection added, Path parent) {
        if (leaving.stream().anyMatch(one -> one.name().equals(added.name()))) {
            throw ProjectionHostedException.leaving(added.name(), parent);
        }
        if (byName.putIfAbsent(added.name(), added) != null) {
            throw new IllegalArgumentException(
                    "Two projections of one name; rename one: projection=" + added.name());
        }
    }

    synchronized void remove(HostedProjection one) {
        byName.remove(one.name(), one);
    }

    /** Lets one be found no more, and then removes it. */
    void leave(String name, Consumer<HostedProjection> removing) {
        HostedProjection one = find(name);
        one.checkStarted();
        synchronized (this) {
            find(name);
            remove(one);
            leaving.add(one);
        }
        try {
            removing.accept(one);
        } finally {
            synchronized (this) {
                leaving.remove(one);
            }
        }
    }

    /** Whether the caller is a thread of one of them, as a listener is. */
    boolean areOnTheirThread() {
        return allAndLeaving().stream().anyMatch(HostedProjection::isOnItsThread);
    }

    synchronized HostedProjection find(String name) {
        HostedProjection found = byName.get(Objects.requireNonNull(name, "projection"));
        if (found == null) {
            throw new IllegalArgumentException(
                    "No such projection; add it first: projection="
                            + name
                            + " known="
                            + byName.keySet());
        }
        return found;
    }

    /** In the order they were added. */
    synchronized List<HostedProjection> all() {
        return List.copyOf(byName.values());
    }

    List<String> names() {
        return all().stream().map(HostedProjection::name).toList();
    }

    synchronized List<HostedProjection> allAndLeaving() {
        List<HostedProjection> all = new ArrayList<>(byName.values());
        all.addAll(leaving);
        return all;
    }

    /** Does something while changes of the lives of some wait. */
    static void beforeChanges(List<HostedProjection> some, Runnable action) {
        some.forEach(HostedProjection::holdChanges);
        try {
            action.run();
        } finally {
            some.forEach(HostedProjection::letChanges);
        }
    }

    /** Opens all, or none. */
    void open() {
        try {
            all().forEach(HostedProjection::open);
        } catch (Throwable e) {
            all().forEach(HostedProjection::closeUnstarted);
            throw e;
        }
    }

    /** Opens one that was added, or takes it away again. */
    void open(HostedProjection added, BooleanSupplier closing) {
        try {
            added.open();
        } catch (Throwable e) {
            remove(added);
            added.stop(); // who has found it already is told so
            added.closeUnstarted();
            throw e;
        }
        if (closing.getAsBoolean()) {
            added.closeUnstarted();
            throw new StoreClosedException("runtime, by a listener");
        }
    }

    /** Finishes all, whatever becomes of one. */
    void finish(long deadline) {
        Each.of(allAndLeaving(), one -> one.finish(deadline));
    }
}
