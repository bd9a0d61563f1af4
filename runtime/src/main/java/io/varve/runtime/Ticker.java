package io.varve.runtime;

import io.varve.projections.Tick;
import io.varve.store.EventBatch;
import io.varve.store.EventStore;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends ticks to the log of a store, of which there is one for all runtimes: when one would do
 * something in a projection that is live and has applied all ticks before, and never sooner after
 * the last than that projection's interval. Its thread lives while somebody may want a tick; while
 * nothing will be due it rests.
 *
 * <pre>
 *   rest ──something will be due──▶ look, once in an interval ──it is due──▶ append ──▶ look
 *     ▲                                │                                       │ fails
 *     └──────────── nothing is ────────┘            wait, longer each time ◀───┘
 * </pre>
 */
final class Ticker {
    private static final Map<EventStore, Ticker> TICKERS = new HashMap<>();
    private static final long LONGEST_WAIT = 30_000_000_000L;

    private final EventStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Seat> seats = new ArrayList<>();
    private final Runnable running = this::run;
    private Optional<Thread> thread = Optional.empty();
    private long lastTick = -1;

    /** At first when this began: ticks are not closer over restarts either. */
    private long lastTickAt = System.nanoTime();

    private long failures;

    // Set before it looks whether anything will be due; a seat looks at it after it has said so.
    private volatile boolean atRest;
    private volatile Optional<Throwable> failure = Optional.empty();

    private Ticker(EventStore store) {
        this.store = store;
    }

    /** Of one who writes a read model for which time passes with ticks. */
    final class Seat {
        private final Progress progress;
        private final long interval;
        private volatile long due = Long.MAX_VALUE;

        private Seat(Progress progress, long interval) {
            this.progress = progress;
            this.interval = interval;
        }

        /** Says when a tick would do something, as of the last commit. */
        void due(long next) {
            due = next;
            if (atRest) {
                wake();
            }
        }

        /** Wants no more. */
        void leave() {
            Ticker.leave(this);
        }

        private boolean willBeDue() {
            return due != Long.MAX_VALUE;
        }

        private boolean isDue(long now) {
            return due <= now
                    && progress.state() == ProjectionState.LIVE
                    && progress.isLive()
                    && progress.position() >= lastTick;
        }

        private Ticker ticker() {
            return Ticker.this;
        }
    }

    /**
     * Takes a seat.
     *
     * @param interval nanoseconds between two ticks at least
     */
    static Seat join(EventStore store, Progress progress, long interval) {
        synchronized (TICKERS) {
            Ticker ticker = TICKERS.computeIfAbsent(store, Ticker::new);
            Seat seat = ticker.new Seat(progress, interval);
            ticker.add(seat);
            return seat;
        }
    }

    private static void leave(Seat seat) {
        synchronized (TICKERS) {
            Ticker ticker = seat.ticker();
            if (ticker.remove(seat)) {
                TICKERS.remove(ticker.store, ticker);
            }
        }
    }

    /** Why ticks cannot be appended to a store at this moment, if they are to be. */
    static Optional<Throwable> failure(EventStore store) {
        synchronized (TICKERS) {
            return Optional.ofNullable(TICKERS.get(store)).flatMap(ticker -> ticker.failure);
        }
    }

    /** Its thread, while there is one. */
    static Optional<Thread> thread(EventStore store) {
        synchronized (TICKERS) {
            return Optional.ofNullable(TICKERS.get(store)).flatMap(ticker -> ticker.thread);
        }
    }

    private void add(Seat seat) {
        lock.lock();
        try {
            seats.add(seat);
            if (thread.isEmpty()) {
                start();
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether it was the last. */
    private boolean remove(Seat seat) {
        lock.lock();
        try {
            seats.remove(seat);
            changed.signal();
            return seats.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        Thread started = new Thread(() -> Threads.insist(running), "varve-ticker");
        started.setDaemon(true);
        try {
            started.start();
            thread = Optional.of(started);
        } catch (Throwable e) {
            failure = Optional.of(e);
            Logs.of(Ticker.class)
                    .log(
                            Level.WARNING,
                            "There are no ticks: windows of quiet streams stay open",
                            e);
        }
    }

    private void wake() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (true) {
            boolean due;
            lock.lock();
            try {
                if (seats.isEmpty()) {
                    thread = Optional.empty();
                    return;
                }
                due = isDue();
                if (!due) {
                    pause();
                }
            } finally {
                lock.unlock();
            }
            if (due) {
                append(); // without the lock, as the disk may take its time
            }
        }
    }

    private boolean isDue() {
        long now = store.config().clock().millis();
        long since = System.nanoTime() - lastTickAt;
        return seats.stream().anyMatch(seat -> since >= seat.interval && seat.isDue(now));
    }

    private void append() {
        try {
            EventBatch batch = new EventBatch().add(Tick.STREAM, Tick.event());
            lastTick = store.append(batch).lastPosition();
            lastTickAt = System.nanoTime();
            failures = 0;
            failure = Optional.empty();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        if (failure.isEmpty()) {
            Logs.of(Ticker.class)
                    .log(
                            Level.WARNING,
                            "A tick cannot be appended; it is tried again, and windows of quiet streams stay"
                                    + " open meanwhile",
                            e);
        }
        failures++;
        failure = Optional.of(e);
        lock.lock();
        try {
            if (!seats.isEmpty()) {
                pause();
            }
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        atRest = true;
        try {
            if (seats.stream().noneMatch(Seat::willBeDue)) {
                changed.await();
            }
        } catch (InterruptedException e) {
            interrupted();
        } finally {
            atRest = false;
        }
        if (!seats.isEmpty()) {
            await();
        }
    }

    private void await() {
        long shortest = seats.stream().mapToLong(seat -> seat.interval).min().orElseThrow();
        long wait = Math.min(LONGEST_WAIT, shortest << Math.min(failures, 20));
        try {
            changed.awaitNanos(Math.max(shortest, wait));
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    private static void interrupted() {
        // Nothing of ours interrupts it, and it goes on.
        Logs.of(Ticker.class).log(Level.DEBUG, "The ticker was interrupted");
    }
}
