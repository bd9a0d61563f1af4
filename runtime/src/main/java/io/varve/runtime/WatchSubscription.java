package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** One subscriber to rows: a watch that tells nothing unless it is requested. */
final class WatchSubscription<K, V> implements Flow.Subscription, WatchListener<K, V> {
    private final Flow.Subscriber<? super WatchUpdate<K, V>> subscriber;
    private final AtomicLong demand = new AtomicLong();

    /** The first request of less than one update, or 1. */
    private volatile long refused = 1;

    private volatile boolean begun;
    private LiveQuery<K, V> query;

    WatchSubscription(Flow.Subscriber<? super WatchUpdate<K, V>> subscriber) {
        this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
    }

    LiveQuery.Target<K, V> target() {
        return new LiveQuery.Target<>(this, new PendingRows.Newest(), () -> demand.get() > 0);
    }

    /** Hands itself to the subscriber; from then on it is told what the query tells. */
    void begin(LiveQuery<K, V> of) {
        query = of;
        try {
            subscriber.onSubscribe(this);
        } catch (RuntimeException | Error e) {
            query.stop();
            Logs.of(WatchSubscription.class)
                    .log(Level.WARNING, "A subscriber has thrown, and is told nothing", e);
            return;
        }
        // Signals come one at a time: none before this one was taken.
        begun = true;
        look();
    }

    private void look() {
        if (begun) {
            if (refused <= 0) {
                query.end(
                        new WatchFailedException(
                                query.projection(),
                                new IllegalArgumentException(
                                        "Request one update or more (reactive streams, rule 3.9):"
                                                + " n="
                                                + refused)));
            }
            query.lookAgain();
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            refused = n;
        } else {
            // More than can ever be counted is the same as everything.
            demand.accumulateAndGet(
                    n, (before, more) -> before + more < 0 ? Long.MAX_VALUE : before + more);
        }
        look();
    }

    @Override
    public void cancel() {
        query.stop();
    }

    @Override
    public void onRows(long position, List<Map.Entry<K, V>> rows) {
        next(new WatchUpdate.Rows<>(position, rows));
    }

    @Override
    public void onChanges(long position, List<RowChange<K, V>> changes) {
        next(new WatchUpdate.Changes<>(position, changes));
    }

    private void next(WatchUpdate<K, V> update) {
        if (!query.isOpen()) {
            return; // cancelled while it was read
        }
        demand.decrementAndGet();
        tell(() -> subscriber.onNext(update));
    }

    @Override
    public void onEnd(VarveException reason) {
        boolean misused = reason.getCause() instanceof IllegalArgumentException && refused <= 0;
        tell(() -> subscriber.onError(misused ? reason.getCause() : reason));
    }

    private void tell(Runnable signal) {
        try {
            signal.run();
        } catch (RuntimeException | Error e) {
            query.stop();
            String what = "A subscriber has thrown, and is told nothing more";
            WatchThreads.log(what, query.projection(), e);
        }
    }
}
