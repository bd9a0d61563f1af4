package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The snapshots of a read model: where it has several partitions, one of each, made at once, at one
 * position, and told as one. Thread-safe.
 */
final class ModelSnapshots {
    private static final String ALONE =
            "other partitions have none of its position that can be used, so it serves this one"
                    + " alone, if that is damaged";

    private final Projection projection;
    private final List<OpenPartition> partitions;
    private final StampedLock together;
    private final Consumer<String> steps;

    /**
     * Begins without any.
     *
     * @param together held for writing while partitions commit
     * @param steps is told of each that is begun
     */
    ModelSnapshots(
            Projection projection,
            List<OpenPartition> partitions,
            StampedLock together,
            Consumer<String> steps) {
        this.steps = steps;
        this.together = together;
        this.projection = projection;
        this.partitions = partitions;
    }

    /** Whether there is something to make one of. */
    boolean isOpen() {
        return partitions.stream().allMatch(one -> one.environment().isPresent());
    }

    /**
     * Makes one of the newest commit; see {@link Snapshots#make}.
     *
     * @throws PartitionsApartException if its partitions are not at one position
     */
    synchronized ProjectionSnapshot make(int keep) {
        if (partitions.size() == 1) {
            OpenPartition only = partitions.get(0);
            SnapshotManifest copied = copy(only, () -> {});
            steps.accept("snapshot.copied");
            return only.snapshots().publish(copied, keep);
        }
        try {
            List<SnapshotManifest> copies = copies(false);
            if (!isOfOnePosition(copies)) {
                copies = copies(true);
            }
            checkTogether(copies.stream().map(one -> one.checkpoint().position()).toList());
            List<ProjectionSnapshot> made = new ArrayList<>();
            for (int i = 0; i < partitions.size(); i++) {
                made.add(partitions.get(i).snapshots().publish(copies.get(i), keep));
            }
            return together(made);
        } finally {
            partitions.forEach(one -> one.snapshots().giveUp());
        }
    }

    private StateEnvironment environment(OpenPartition one) {
        return one.environment().orElseThrow(this::closed);
    }

    /**
     * Copies all at once. No commit comes between the instants that are copied: commits wait until
     * each is taken, which is a matter of milliseconds.
     *
     * @param throughout whether commits wait until the copies are made
     */
    private List<SnapshotManifest> copies(boolean throughout) {
        long stamp = together.readLock();
        AtomicInteger left = new AtomicInteger(partitions.size());
        AtomicBoolean unlocked = new AtomicBoolean();
        Runnable unlock =
                () -> {
                    if (unlocked.compareAndSet(false, true)) {
                        together.unlockRead(stamp);
                    }
                };
        Runnable taken =
                () -> {
                    if (left.decrementAndGet() == 0 && !throughout) {
                        unlock.run();
                    }
                };
        try {
            checkTogether(partitions.stream().map(OpenPartition::committed).toList());
            return Threads.map(partitions, "varve-projection-snapshots", one -> copy(one, taken));
        } finally {
            unlock.run();
        }
    }

    private SnapshotManifest copy(OpenPartition one, Runnable taken) {
        steps.accept("snapshot.begun");
        return one.snapshots().copy(environment(one), taken);
    }

    private static boolean isOfOnePosition(List<SnapshotManifest> copies) {
        return copies.stream().map(one -> one.checkpoint().position()).distinct().count() == 1;
    }

    private void checkTogether(List<Long> positions) {
        long slowest = Collections.min(positions);
        long foremost = Collections.max(positions);
        if (slowest < foremost) {
            throw new PartitionsApartException(projection.name(), slowest, foremost);
        }
    }

    private StoreClosedException closed() {
        return new StoreClosedException("projection=" + projection.name());
    }

    /** None is made any more, and one that is being made is given up. */
    void close() {
        partitions.forEach(one -> one.snapshots().close());
    }

    /** Those that a read model could begin with, the newest first. */
    List<ProjectionSnapshot> list(History history) {
        return ofAll(partitions.stream().map(one -> one.snapshots().list(history)).toList());
    }

    /** Those that are passed over, and why; of each partition the newest first. */
    List<UnusableSnapshot> unusable(History history) {
        List<UnusableSnapshot> found = new ArrayList<>();
        Set<Path> whole = new HashSet<>();
        list(history).forEach(one -> whole.addAll(one.folders()));
        for (OpenPartition one : partitions) {
            found.addAll(one.snapshots().unusable(history));
            one.snapshots().list(history).stream()
                    .flatMap(alone -> alone.folders().stream())
                    .filter(alone -> !whole.contains(alone))
                    .map(alone -> new UnusableSnapshot(alone, ALONE, false))
                    .forEach(found::add);
        }
        return found;
    }

    /**
     * Finds out what they need, while none is being made.
     *
     * @param bytes that were read so far, and by one that does not say how many
     * @return the newest that a read model could begin with
     */
    Optional<SnapshotDue.Made> begin(long bytes) {
        return ofAll(partitions.stream().map(one -> one.snapshots().begin()).toList()).stream()
                .findFirst()
                .map(one -> made(one, bytes));
    }

    /** What counts of the newest. */
    SnapshotDue.Made made(ProjectionSnapshot newest, long bytes) {
        long read = partitions.get(0).snapshots().read().orElse(bytes);
        return new SnapshotDue.Made(newest.position(), read, newest.madeAt());
    }

    /** Those of one position belong together; one that others lack was not made to its end. */
    private List<ProjectionSnapshot> ofAll(List<List<ProjectionSnapshot>> ofEach) {
        List<ProjectionSnapshot> all = new ArrayList<>();
        for (ProjectionSnapshot one : ofEach.get(0)) {
            List<ProjectionSnapshot> same =
                    ofEach.stream()
                            .flatMap(some -> some.stream().filter(isAt(one.position())).limit(1))
                            .toList();
            if (same.size() == partitions.size()) {
                all.add(together(same));
            }
        }
        return all;
    }

    private static Predicate<ProjectionSnapshot> isAt(long position) {
        return one -> one.position() == position;
    }

    private ProjectionSnapshot together(List<ProjectionSnapshot> ofEach) {
        if (ofEach.size() == 1) {
            return ofEach.get(0);
        }
        return new ProjectionSnapshot(
                projection.name(),
                projection.version(),
                ofEach.get(0).checkpoint(),
                ofEach.stream().mapToLong(ProjectionSnapshot::bytes).sum(),
                ofEach.stream()
                        .map(ProjectionSnapshot::madeAt)
                        .max(Instant::compareTo)
                        .orElseThrow(),
                ofEach.stream().flatMap(one -> one.folders().stream()).toList());
    }

    /**
     * Opens the newest one up to a position, see {@link Snapshots#openNewest}. Of several
     * partitions those are taken that are of one position.
     */
    Optional<Snapshots.Opened> openNewest(History history, long most, Set<String> tables) {
        if (partitions.size() == 1) {
            return partitions.get(0).snapshots().openNewest(history, most, tables);
        }
        long bound = most;
        while (true) {
            List<Snapshots.Opened> opened = openEach(history, bound, tables);
            long lowest = opened.stream().mapToLong(Snapshots.Opened::position).min().orElse(-1);
            long highest = opened.stream().mapToLong(Snapshots.Opened::position).max().orElse(-1);
            List<StateView> views = opened.stream().map(Snapshots.Opened::state).toList();
            if (opened.size() == partitions.size() && lowest == highest) {
                return Optional.of(new Snapshots.Opened(PartitionedView.of(views), lowest));
            }
            views.forEach(StateView::close);
            if (opened.size() < partitions.size()) {
                return Optional.empty();
            }
            bound = lowest;
        }
    }

    /** Fewer than there are partitions, if one has none. */
    private List<Snapshots.Opened> openEach(History history, long most, Set<String> tables) {
        List<Snapshots.Opened> opened = new ArrayList<>();
        try {
            for (OpenPartition one : partitions) {
                one.snapshots().openNewest(history, most, tables).ifPresent(opened::add);
            }
            return opened;
        } catch (Throwable e) {
            opened.forEach(one -> one.state().close());
            throw e;
        }
    }

    /** The first position of the log that some of those that are kept need; empty for none. */
    OptionalLong needed() {
        return partitions.stream()
                .map(one -> one.snapshots().needed())
                .flatMapToLong(OptionalLong::stream)
                .min();
    }
}
