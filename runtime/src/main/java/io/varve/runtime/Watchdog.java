package io.varve.runtime;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds workers that do not get on. Looks at all of them four times in the time after which one is
 * stuck; while all of them wait it rests, until one of them works again. Its thread lives while
 * there are workers.
 *
 * <pre>
 *   look ──somebody has got on or is at work──▶ pause ──▶ look
 *     │
 *     └──all have waited since the last look──▶ rest ──a worker works──▶ pause
 * </pre>
 */
final class Watchdog {
    private static final int LOOKS = 4;

    private final long stuckAfter;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Activity, Seen> watched = new IdentityHashMap<>();
    private final Runnable running = this::run;
    private Optional<Thread> thread = Optional.empty();
    private volatile Optional<Thread> last = Optional.empty();

    // Set before it looks whether anybody works; a worker looks at it after it has said so.
    private volatile boolean atRest;

    /** How a worker was first seen at the beat it is at. */
    private static final class Seen {
        private long beat = -1;
        private long since;
        private boolean told;
    }

    /** A watchdog without workers; each that is stuck is told of once. */
    Watchdog(Duration stuckAfter) {
        this.stuckAfter = stuckAfter.toNanos();
    }

    /** Its thread, while there are workers. */
    Optional<Thread> thread() {
        lock.lock();
        try {
            return thread;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the caller is its thread, as a listener is that is told. */
    boolean isOnItsThread() {
        return last.filter(one -> one == Thread.currentThread()).isPresent();
    }

    /** Waits for its thread to end, unless there are workers that do not. */
    void awaitEnd(long deadline) {
        if (!isWatching()) {
            last.ifPresent(one -> Threads.join(one, deadline));
        }
    }

    private boolean isWatching() {
        lock.lock();
        try {
            return !watched.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void add(Activity activity) {
        lock.lock();
        try {
            watched.put(activity, new Seen());
            if (thread.isEmpty()) {
                start();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        Thread started = new Thread(() -> Threads.insist(running), "varve-watchdog");
        started.setDaemon(true);
        try {
            started.start();
            thread = Optional.of(started);
            last = thread;
        } catch (Throwable e) {
            // Projections run without it.
            Logs.of(Watchdog.class).log(Level.WARNING, "There is no watchdog", e);
        }
    }

    void remove(Activity activity) {
        lock.lock();
        try {
            watched.remove(activity);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Says that a worker is at work; cheap. */
    void wakeIfAtRest() {
        if (atRest) {
            lock.lock();
            try {
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    private void run() {
        while (true) {
            List<Activity> found = new ArrayList<>();
            lock.lock();
            try {
                if (watched.isEmpty()) {
                    thread = Optional.empty();
                    return;
                }
                boolean moving = look(System.nanoTime(), found);
                if (found.isEmpty()) {
                    pause(moving);
                }
            } finally {
                lock.unlock();
            }
            // Without the lock, as it is code of the user.
            found.forEach(Watchdog::tell);
        }
    }

    /** Looks at everybody; tells whether anybody has moved or is at work. */
    private boolean look(long now, List<Activity> found) {
        boolean moving = false;
        for (Map.Entry<Activity, Seen> one : watched.entrySet()) {
            Activity activity = one.getKey();
            Seen seen = one.getValue();
            boolean working = activity.isWorking();
            long beat = activity.beats();
            moving |= working || beat != seen.beat;
            if (!working || beat != seen.beat) {
                seen.beat = beat;
                seen.since = now;
                seen.told = false;
            } else if (!seen.told && now - seen.since >= stuckAfter) {
                seen.told = true;
                if (isStuck(activity, seen, now)) {
                    found.add(activity);
                }
            }
        }
        return moving;
    }

    private static boolean isStuck(Activity activity, Seen seen, long now) {
        StackTraceElement[] stack =
                activity.thread().map(Thread::getStackTrace).orElse(new StackTraceElement[0]);
        Instant since = Instant.now().minusNanos(now - seen.since);
        activity.stuck(
                seen.beat,
                new StuckWorker(activity.generation(), since, activity.position(), List.of(stack)));
        // Unless it has got on meanwhile.
        return activity.stuck().isPresent();
    }

    private static void tell(Activity activity) {
        activity.stuck().ifPresent(stuck -> tell(activity, stuck));
    }

    private static void tell(Activity activity, StuckWorker stuck) {
        Logs.of(Watchdog.class)
                .log(
                        Level.WARNING,
                        "A projection is stuck: projection="
                                + activity.projection()
                                + " generation="
                                + stuck.generation()
                                + " position="
                                + stuck.position()
                                + " since="
                                + stuck.since()
                                + stuck.lines());
        activity.tell(stuck);
    }

    private void pause(boolean moving) {
        try {
            if (!moving && rest()) {
                return;
            }
            changed.awaitNanos(Math.max(1, stuckAfter / LOOKS));
        } catch (InterruptedException e) {
            // Nothing of ours interrupts it; a listener on its thread did.
            Logs.of(Watchdog.class).log(Level.DEBUG, "The watchdog was interrupted");
        }
    }

    /** Waits until somebody works; false if somebody does already. */
    private boolean rest() throws InterruptedException {
        atRest = true;
        try {
            if (watched.isEmpty() || watched.keySet().stream().anyMatch(Activity::isWorking)) {
                return false;
            }
            changed.await();
        } finally {
            atRest = false;
        }
        // What has woken it has just begun; it need not be looked at before that time is over.
        changed.awaitNanos(Math.max(1, stuckAfter / LOOKS));
        return true;
    }
}
