package io.varve.runtime;

import io.varve.store.errors.WaitTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens views of several projections at one position, by a {@link Cut}. For one call. */
final class ConsistentRead {
    private final Map<String, Readers> readers;
    private final long atLeast;

    ConsistentRead(Map<String, Readers> readers, PositionBound bound) {
        this.readers = new LinkedHashMap<>(readers);
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
            Cut<ReadView> cut = new Cut<>(atLeast, ReadView::close);
            Optional<ReadViews> views = attempt(cut, deadline);
            if (views.isPresent()) {
                return views.get();
            }
            position = cut.position();
            // Missed: a worker has passed it while it went past a failed event.
        } while (deadline - System.nanoTime() > 0);
        throw new WaitTimeoutException(
                "one position of projections=" + readers.keySet(), position, slowest());
    }

    private Optional<ReadViews> attempt(Cut<ReadView> cut, long deadline)
            throws InterruptedException {
        Map<CommitPoint, Readers> members = new LinkedHashMap<>();
        readers.forEach(
                (name, one) ->
                        members.put(cut.member(name, one::openView, one.points()::wake), one));
        List<CommitPoint> added = new ArrayList<>();
        boolean complete = false;
        try {
            members.forEach(
                    (point, one) -> {
                        one.add(point);
                        added.add(point);
                    });
            complete = cut.await(deadline);
        } finally {
            if (!complete) {
                cut.cancel();
                added.forEach(point -> members.get(point).points().remove(point));
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
        readers.values().forEach(Readers::refuseEnded);
        return Optional.empty();
    }

    private long slowest() {
        return readers.values().stream().mapToLong(Readers::position).min().orElse(-1);
    }
}
