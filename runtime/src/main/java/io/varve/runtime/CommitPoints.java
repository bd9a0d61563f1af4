package io.varve.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The {@link CommitPoint}s of a worker. Anybody adds and removes them; the worker asks between
 * slices, and before each slice how far it may go. As long as there are none, that costs it the
 * look at an empty list.
 */
final class CommitPoints {
    private final List<CommitPoint> points = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private boolean open = true;
    private volatile Runnable wake = () -> {};

    /** Says how the worker is woken that waits for events. */
    void wakeBy(Runnable waker) {
        wake = waker;
    }

    /** Adds one; returns false if the worker has ended. Wakes it. */
    boolean add(CommitPoint point) {
        synchronized (lock) {
            if (!open) {
                return false;
            }
            points.add(point);
        }
        wake.run();
        return true;
    }

    void remove(CommitPoint point) {
        points.remove(point);
    }

    /** Makes the worker ask again. */
    void wake() {
        wake.run();
    }

    /** Whether a worker takes them. */
    boolean isOpen() {
        synchronized (lock) {
            return open;
        }
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    /**
     * The next position at which there is something to do.
     *
     * @param done the last position applied
     * @param end how far the worker goes before it asks again
     * @return from {@code done} to {@code end}; {@link CommitPoint#NONE} if there is nothing
     */
    long next(long done, long end) {
        long next = CommitPoint.NONE;
        for (CommitPoint point : points) {
            long wanted = point.wanted(done, end);
            if (wanted != CommitPoint.NONE && (next == CommitPoint.NONE || wanted < next)) {
                next = wanted;
            }
        }
        return next;
    }

    /** Does what is to be done at a position, which is committed. */
    void reached(long position) {
        for (CommitPoint point : points) {
            if (point.wanted(position, position) == position) {
                points.remove(point);
                point.reached(position);
            }
        }
    }

    /** A worker begins, after another perhaps. */
    void open() {
        synchronized (lock) {
            open = true;
        }
    }

    /** The worker has ended: it takes no more, and what was not done never will be. */
    void close() {
        List<CommitPoint> left;
        synchronized (lock) {
            open = false;
            left = new ArrayList<>(points);
            points.clear();
        }
        left.forEach(CommitPoint::ended);
    }
}
