package io.varve.store;

import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One subscriber and its thread. All signals come from that thread, so they come one by one.
 *
 * <pre>
 *               ┌──────────── no demand: wait for request() ◀─┐
 *               │            at the head: wait for a commit ◀─┤
 *               ▼                                             │
 *   onSubscribe ─▶ read what demand allows ─▶ onNext ... ─────┘
 *                       │
 *                       ├─ limit reached ──────────────▶ onComplete
 *                       ├─ closed, damaged, request(0) ▶ onError
 *                       └─ cancelled ──────────────────▶ (nothing)
 * </pre>
 */
final class EventSubscription implements Flow.Subscription {
    private final LogReads reads;
    private final CommitSignal signal;
    private final EventQuery query;
    private final Flow.Subscriber<? super RecordedEvent> subscriber;
    private final Thread thread;
    private final CommitWatch watch;
    private final EventChunk chunk = new EventChunk();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;

    /** The first request of less than one event, or 1. */
    private volatile long refused = 1;

    EventSubscription(
            LogReads reads,
            CommitSignal signal,
            EventQuery query,
            Flow.Subscriber<? super RecordedEvent> subscriber) {
        this.reads = reads;
        this.signal = signal;
        this.query = query;
        this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
        this.thread = new Thread(this::run, "varve-subscriber");
        this.watch = new CommitWatch(signal, thread);
        thread.setDaemon(true);
    }

    void start() {
        try {
            thread.start();
        } catch (RuntimeException | Error e) {
            watch.close();
            throw e;
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            refused = Math.min(n, 0);
            watch.wake();
        } else if (demand.getAndAccumulate(n, EventSubscription::sum) == 0) {
            watch.wake();
        }
    }

    /** More than can ever be counted is the same as everything. */
    private static long sum(long before, long n) {
        long sum = before + n;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public void cancel() {
        cancelled = true;
        watch.wake();
    }

    private void run() {
        try {
            subscriber.onSubscribe(this);
            publish();
        } catch (RuntimeException | Error e) {
            Logs.of(EventSubscription.class)
                    .log(Level.WARNING, "A subscriber failed and gets no more events: " + query, e);
        } finally {
            cancelled = true;
            watch.close();
        }
    }

    private void publish() {
        EventScan scan = null;
        while (!cancelled) {
            try {
                checkRequests();
                scan = scan == null ? reads.scan(query) : scan;
                if (chunk.isEmpty() && scan.left() > 0) {
                    fill(scan);
                }
            } catch (RuntimeException | Error e) {
                if (!cancelled) {
                    subscriber.onError(e);
                }
                return;
            }
            if (!cancelled && !signalNext(scan)) {
                return;
            }
        }
    }

    /** Signals what comes next, if anything; false after the last signal. */
    private boolean signalNext(EventScan scan) {
        if (!chunk.isEmpty()) {
            demand.decrementAndGet();
            subscriber.onNext(chunk.next());
        } else if (scan.left() == 0) {
            subscriber.onComplete();
            return false;
        }
        return true;
    }

    private void checkRequests() {
        if (refused <= 0) {
            throw new IllegalArgumentException(
                    "Request one event or more (reactive streams, rule 3.9): n=" + refused);
        }
    }

    /** Reads what there is and is asked for; otherwise waits until one of both changes. */
    private void fill(EventScan scan) {
        signal.checkOpen();
        long wanted = demand.get();
        if (wanted == 0) {
            watch.await(Long.MAX_VALUE);
            return;
        }
        if (scan.isDone()) {
            watch.await(scan.head() + 1);
            scan.extend();
        }
        chunk.fill(scan, wanted);
    }
}
