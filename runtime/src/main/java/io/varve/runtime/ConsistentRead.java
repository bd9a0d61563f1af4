package io.varve.runtime;

import io.varve.store.errors.VarveException;
import io.varve.store.errors.WaitTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Opens views of several projections at one position, by a {@link Cut}; by another one where a
 * worker has ended meanwhile and the next goes on, of another generation perhaps. For one call.
 */
final class ConsistentRead {
    private final Map<String, Supplier<Generation>> projections;
    private final long atLeast;
    private final Map<String, Generation> asked = new LinkedHashMap<>();

    /**
     * Of some projections.
     *
     * @param projections tell which generation is live
     */
    ConsistentRead(Map<String, Supplier<Generation>> projections, PositionBound bound) {
        this.projections = new LinkedHashMap<>(projections);
        this.atLeast = bound instanceof PositionBound.At at ? at.position() : -1;
    }

    /**
     * Opens them.
     *
     * @param deadline of {@link System#nanoTime}
     */
    ReadViews open(long deadline) throws InterruptedException {
        long position = atLeast;
        do {
            projections.forEach((name, live) -> asked.put(name, live.get()));
            Cut<ReadView> cut = new Cut<>(atLeast, ReadView::close);
            try {
                Optional<ReadViews> views = attempt(cut, deadline);
                if (views.isPresent()) {
                    return views.get();
                }
            } catch (VarveException e) {
                // What has become of a generation that is live no more is not what was asked.
                if (asked.keySet().stream().noneMatch(this::isMoved)) {
                    throw e;
                }
            }
            position = cut.position();
            // Missed: a worker has passed it while it went past a failed event, or has ended.
        } while (deadline - System.nanoTime() > 0);
        throw new WaitTimeoutException(
                "one position of projections=" + projections.keySet(), position, slowest());
    }

    private boolean isMoved(String name) {
        return projections.get(name).get() != asked.get(name);
    }

    private Optional<ReadViews> attempt(Cut<ReadView> cut, long deadline)
            throws InterruptedException {
        Map<CommitPoint, Readers> added = new LinkedHashMap<>();
        boolean complete = false;
        try {
            complete = addAll(cut, added, deadline) && cut.await(deadline);
        } finally {
            if (!complete) {
                cut.cancel();
                added.forEach((point, one) -> one.points().remove(point));
            }
        }
        if (complete) {
            return Optional.of(new ReadViews(cut.position(), cut.views()));
        }
        cut.failure()
                .ifPresent(
                        failure -> {
                            throw failure;
                        });
        added.values().forEach(Readers::refuseEnded);
        return Optional.empty();
    }

    /** Adds the cut to all of them; if one has no worker, waits for it, and returns false. */
    private boolean addAll(Cut<ReadView> cut, Map<CommitPoint, Readers> added, long deadline)
            throws InterruptedException {
        List<Map.Entry<String, CommitPoint>> members = new ArrayList<>();
        asked.forEach(
                (name, one) -> {
                    Readers readers = one.readers();
                    CommitPoint member =
                            cut.member(name, readers::openView, readers.points()::wake);
                    members.add(Map.entry(name, member));
                });
        for (Map.Entry<String, CommitPoint> member : members) {
            Readers readers = asked.get(member.getKey()).reads();
            if (!readers.add(member.getValue())) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                readers.awaitWorker(left, () -> isMoved(member.getKey()));
                return false;
            }
            added.put(member.getValue(), readers);
        }
        return true;
    }

    private long slowest() {
        return asked.values().stream().mapToLong(one -> one.reads().position()).min().orElse(-1);
    }
}
