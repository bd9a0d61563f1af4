package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;

/**
 * The tables of all partitions at one instant, as if they were one: rows in key order, a row looked
 * for where its key belongs. Tables whose names have a slash are not divided by key: a row is
 * looked for everywhere, and what several partitions have is shown once.
 */
final class PartitionedView implements StateView {
    private final List<StateView> views;

    private PartitionedView(List<StateView> views) {
        this.views = views;
    }

    /**
     * Opens one of all partitions, in order, between two of their commits.
     *
     * @param together held for writing while they commit
     * @throws PartitionsApartException if they are not at one position
     */
    static PartitionedView together(
            String projection, List<StateEnvironment> partitions, StampedLock together) {
        long stamp = together.tryOptimisticRead();
        PartitionedView view = open(partitions);
        if (stamp == 0 || !together.validate(stamp)) {
            view.close();
            stamp = together.readLock();
            try {
                view = open(partitions);
            } finally {
                together.unlockRead(stamp);
            }
        }
        view.checkTogether(projection);
        return view;
    }

    /** Opens one of all partitions as they are, perhaps at several positions. */
    static PartitionedView open(List<StateEnvironment> partitions) {
        PartitionedView opened = new PartitionedView(new ArrayList<>(partitions.size()));
        try {
            partitions.forEach(one -> opened.views.add(one.view()));
            return opened;
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
    }

    /** One of views that are opened already, which it closes. */
    static PartitionedView of(List<StateView> views) {
        return new PartitionedView(List.copyOf(views));
    }

    private void checkTogether(String projection) {
        long slowest = Long.MAX_VALUE;
        long foremost = -1;
        try {
            for (StateView view : views) {
                long at = position(view.checkpoint());
                slowest = Math.min(slowest, at);
                foremost = Math.max(foremost, at);
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
        if (slowest < foremost) {
            close();
            throw new PartitionsApartException(projection, slowest, foremost);
        }
    }

    private static long position(Optional<Checkpoint> checkpoint) {
        return checkpoint.map(Checkpoint::position).orElse(-1L);
    }

    @Override
    public ReadOnlyTable table(String name) {
        boolean byKey = name.indexOf('/') < 0;
        List<ReadOnlyTable> tables = views.stream().map(view -> view.table(name)).toList();
        return new PartitionedTable(
                tables, key -> byKey ? Partition.of(key, tables.size()) : PartitionedTable.ANY);
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
        return views.stream()
                .map(StateView::checkpoint)
                .min(Comparator.comparingLong(PartitionedView::position))
                .orElseThrow();
    }

    @Override
    public void close() {
        views.forEach(StateView::close);
    }
}
