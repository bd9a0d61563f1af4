package io.varve.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One position at which several workers commit and open a view, none of them waiting for another.
 *
 * <pre>
 *   announcing ──all have announced──▶ fixed ──each has opened its view──▶ complete
 *        └──────────────┴─────────────── a worker ended, missed it, or nobody waits any more ──▶ over
 * </pre>
 *
 * <p>Before a worker goes on it announces how far. When the last of them has announced for the
 * first time, the position is fixed at the farthest that any has announced. So none is behind it,
 * whatever they did meanwhile, and all will get there: what they announced is in the log. {@code
 * src/docs/threads.md} argues it in full. Thread-safe.
 *
 * @param <V> views
 */
final class Cut<V> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Set<Member> silent = new HashSet<>();
    private final Map<String, V> views = new LinkedHashMap<>();
    private final Consumer<V> closer;
    private long position;
    private boolean over;
    private boolean missed;
    private Optional<RuntimeException> failure = Optional.empty();

    /**
     * A cut without members.
     *
     * @param atLeast where it may be at the earliest; -1 for anywhere
     * @param closer closes views that nobody will get
     */
    Cut(long atLeast, Consumer<V> closer) {
        this.closer = closer;
        position = atLeast;
    }

    /** Adds a worker; all are added before any of them sees the cut. */
    Member member(String name, Supplier<V> view, Runnable wake) {
        Member member = new Member(name, view, wake);
        members.put(name, member);
        silent.add(member);
        return member;
    }

    /** A worker's part in it. */
    final class Member implements CommitPoint {
        private final String name;
        private final Supplier<V> view;
        private final Runnable wake;

        private Member(String name, Supplier<V> view, Runnable wake) {
            this.name = name;
            this.view = view;
            this.wake = wake;
        }

        String name() {
            return name;
        }

        @Override
        public long wanted(long done, long end) {
            boolean fixedNow = false;
            long wanted = NONE;
            lock.lock();
            try {
                if (!over && !silent.isEmpty()) {
                    position = Math.max(position, end);
                    silent.remove(this);
                    fixedNow = silent.isEmpty();
                }
                if (!over && silent.isEmpty() && position <= end) {
                    wanted = position >= done ? position : miss();
                }
            } finally {
                lock.unlock();
            }
            if (fixedNow) {
                // They may be waiting for events at this very position.
                members.values().stream().filter(m -> m != this).forEach(m -> m.wake.run());
            }
            return wanted;
        }

        /** It was passed while a failed event was looked for. */
        private long miss() {
            missed = true;
            over = true;
            changed.signalAll();
            return NONE;
        }

        @Override
        public void reached(long at) {
            try {
                V opened = view.get();
                if (!keep(name, opened)) {
                    closer.accept(opened);
                }
            } catch (RuntimeException e) {
                fail(e);
            }
        }

        @Override
        public void ended() {
            lock.lock();
            try {
                over = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean keep(String name, V view) {
        lock.lock();
        try {
            if (over) {
                return false;
            }
            views.put(name, view);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void fail(RuntimeException e) {
        lock.lock();
        try {
            failure = failure.or(() -> Optional.of(e));
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all views are open, or it is over.
     *
     * @param deadline of {@link System#nanoTime}
     * @return whether they are
     */
    boolean await(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = deadline - System.nanoTime();
            while (!isComplete() && !over && left > 0) {
                changed.awaitNanos(left);
                left = deadline - System.nanoTime();
            }
            return isComplete();
        } finally {
            lock.unlock();
        }
    }

    private boolean isComplete() {
        return !over && views.size() == members.size();
    }

    /** Gives up: what is open is closed, what would be opened will not be. */
    void cancel() {
        List<V> open;
        lock.lock();
        try {
            over = true;
            open = new ArrayList<>(views.values());
            views.clear();
        } finally {
            lock.unlock();
        }
        open.forEach(closer);
    }

    /** Whether a worker has passed the position; another cut may do better. */
    boolean isMissed() {
        lock.lock();
        try {
            return missed;
        } finally {
            lock.unlock();
        }
    }

    /** What went wrong when a view was opened. */
    Optional<RuntimeException> failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Where it is, or would be at the earliest. */
    long position() {
        lock.lock();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** The views, once they are complete, in the order of members. */
    Map<String, V> views() {
        lock.lock();
        try {
            Map<String, V> ordered = new LinkedHashMap<>(members.size());
            members.keySet().stream()
                    .filter(views::containsKey)
                    .forEach(name -> ordered.put(name, views.get(name)));
            return ordered;
        } finally {
            lock.unlock();
        }
    }
}
