package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The snapshots of a read model: where it has several partitions, one of each, made one after the
 * other and told as one. Thread-safe.
 */
final class ModelSnapshots {
    private final Projection projection;
    private final List<OpenPartition> partitions;

    ModelSnapshots(Projection projection, List<OpenPartition> partitions) {
        this.projection = projection;
        this.partitions = partitions;
    }

    /** Whether there is something to make one of. */
    boolean isOpen() {
        return partitions.stream().allMatch(one -> one.environment().isPresent());
    }

    /** Makes one of the newest commit; see {@link Snapshots#make}. */
    ProjectionSnapshot make(int keep) {
        List<ProjectionSnapshot> made = new ArrayList<>();
        for (OpenPartition one : partitions) {
            StateEnvironment open = one.environment().orElseThrow(this::closed);
            made.add(one.snapshots().make(open, keep));
        }
        return together(made);
    }

    private StoreClosedException closed() {
        return new StoreClosedException("projection=" + projection.name());
    }

    /** Those that a read model could begin with, the newest first. */
    List<ProjectionSnapshot> list() {
        return ofAll(partitions.stream().map(one -> one.snapshots().list()).toList());
    }

    /**
     * Finds out what they need, while none is being made.
     *
     * @param bytes that were read so far, and by one that does not say how many
     * @return the newest that a read model could begin with
     */
    Optional<SnapshotDue.Made> begin(long bytes) {
        Snapshots first = partitions.get(0).snapshots();
        return ofAll(partitions.stream().map(one -> one.snapshots().begin()).toList()).stream()
                .findFirst()
                .map(
                        one ->
                                new SnapshotDue.Made(
                                        one.position(), first.read().orElse(bytes), one.madeAt()));
    }

    /** The n-th newest of each belong together, as each of them is made when the others are. */
    private List<ProjectionSnapshot> ofAll(List<List<ProjectionSnapshot>> ofEach) {
        int count = ofEach.stream().mapToInt(List::size).min().orElse(0);
        List<ProjectionSnapshot> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int nth = i;
            all.add(together(ofEach.stream().map(some -> some.get(nth)).toList()));
        }
        return all;
    }

    private ProjectionSnapshot together(List<ProjectionSnapshot> ofEach) {
        if (ofEach.size() == 1) {
            return ofEach.get(0);
        }
        ProjectionSnapshot slowest =
                ofEach.stream()
                        .min(Comparator.comparingLong(ProjectionSnapshot::position))
                        .orElseThrow();
        return new ProjectionSnapshot(
                projection.name(),
                projection.version(),
                slowest.checkpoint(),
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
