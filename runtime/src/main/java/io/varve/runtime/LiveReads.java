package io.varve.runtime;

import io.varve.projections.StoreRef;
import io.varve.projections.query.RangeQuery;
import io.varve.store.errors.VarveException;
import io.varve.store.errors.WaitTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Reads, waits and watches of a projection, which go over to the next generation when that becomes
 * live. Thread-safe.
 */
final class LiveReads {
    private final String projection;
    private final Supplier<Generation> live;
    private final Set<LiveQuery<?, ?>> watches = ConcurrentHashMap.newKeySet();

    LiveReads(String projection, Supplier<Generation> live) {
        this.projection = projection;
        this.live = live;
    }

    /** Begins a live query. */
    <K, V> Watch watch(
            StoreRef<K, V> store,
            RangeQuery<K> query,
            WatchListener<K, V> listener,
            WatchThreads threads) {
        refuseUnwatchable(store, query);
        LiveQuery<K, V> begun = query(store, query, LiveQuery.Target.of(listener), threads);
        begun.lookAgain();
        return begun;
    }

    /** Publishes likewise, to each subscriber from the beginning. */
    <K, V> Flow.Publisher<WatchUpdate<K, V>> publisher(
            StoreRef<K, V> store, RangeQuery<K> query, WatchThreads threads) {
        refuseUnwatchable(store, query);
        return subscriber -> {
            WatchSubscription<K, V> subscription = new WatchSubscription<>(subscriber);
            subscription.begin(query(store, query, subscription.target(), threads));
        };
    }

    private <K> void refuseUnwatchable(StoreRef<K, ?> store, RangeQuery<K> query) {
        Readers readers = live.get().readers();
        readers.refuseFailed();
        readers.select(store, query);
    }

    private <K, V> LiveQuery<K, V> query(
            StoreRef<K, V> store,
            RangeQuery<K> query,
            LiveQuery.Target<K, V> target,
            WatchThreads threads) {
        LiveQuery<K, V> made =
                new LiveQuery<>(
                        projection,
                        () -> live.get().reads(),
                        store,
                        query,
                        target,
                        threads,
                        watches::remove);
        // Before it looks which generation is live, so that it hears of the next.
        watches.add(made);
        return made;
    }

    /** Another generation is live. */
    void moved() {
        watches.forEach(LiveQuery::lookAgain);
    }

    /**
     * Waits until a position is committed, as long as anything happens; see {@link Progress#await}.
     *
     * @throws ProjectionPausedException if it is paused before that
     */
    boolean await(long position, Duration timeout) throws InterruptedException {
        long deadline = deadline(timeout);
        Wait wait =
                (one, left, moved) ->
                        one.waits()
                                .await(position, left, () -> moved.getAsBoolean() || isPaused(one));
        while (!await(left(deadline), wait)) {
            Generation asked = live.get();
            if (isPaused(asked)) {
                throw asked.reads().paused();
            }
            // Otherwise it was paused for a moment, or another was live.
            if (left(deadline).isZero()) {
                return false;
            }
        }
        return true;
    }

    /** Waits until it gets events as they are committed; see {@link Progress#awaitLive}. */
    boolean awaitLive(Duration timeout) throws InterruptedException {
        return await(timeout, (one, left, moved) -> one.waits().awaitLive(left, moved));
    }

    private interface Wait {
        boolean of(Generation one, Duration left, BooleanSupplier moved)
                throws InterruptedException;
    }

    private boolean await(Duration timeout, Wait wait) throws InterruptedException {
        long deadline = deadline(timeout);
        while (true) {
            Generation asked = live.get();
            try {
                if (wait.of(asked, left(deadline), () -> live.get() != asked)) {
                    return true;
                }
                if (live.get() == asked) {
                    return false;
                }
            } catch (VarveException e) {
                // What has become of a generation that is live no more is not what was asked.
                if (live.get() == asked) {
                    throw e;
                }
            }
        }
    }

    ReadView readView(PositionBound bound, Duration timeout) throws InterruptedException {
        long deadline = deadline(timeout);
        while (true) {
            if (bound instanceof PositionBound.At at) {
                awaitInTime(at.position(), left(deadline));
            }
            Generation asked = live.get();
            try {
                ReadView view = asked.reads().openView();
                if (asked == live.get() || isReached(bound, view)) {
                    return view;
                }
                view.close();
            } catch (PartitionsApartException e) {
                awaitTogether(asked, e, left(deadline));
            } catch (VarveException e) {
                if (live.get() == asked) {
                    throw e;
                }
            }
        }
    }

    private void awaitInTime(long position, Duration timeout) throws InterruptedException {
        if (!await(position, timeout)) {
            throw new WaitTimeoutException(
                    "projection=" + projection, position, live.get().progress().position());
        }
    }

    private static boolean isPaused(Generation one) {
        return one.reads().isPaused();
    }

    /** Waits until the slowest partition is where the foremost was. */
    private void awaitTogether(Generation asked, PartitionsApartException apart, Duration timeout)
            throws InterruptedException {
        boolean reached =
                asked.progress().await(apart.foremost(), timeout, () -> live.get() != asked);
        if (!reached && live.get() == asked) {
            throw apart;
        }
    }

    private static boolean isReached(PositionBound bound, ReadView view) {
        return !(bound instanceof PositionBound.At at) || view.position() >= at.position();
    }

    /** Makes a snapshot of what is live, also where another takes its place meanwhile. */
    ProjectionSnapshot snapshot() {
        while (true) {
            Generation asked = live.get();
            try {
                return asked.snapshot();
            } catch (VarveException e) {
                if (live.get() == asked) {
                    throw e;
                }
            }
        }
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + Math.min(Progress.nanos(timeout), Long.MAX_VALUE / 2);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    DeadLetters deadLetters() {
        return new DeadLetters(() -> live.get().letters());
    }
}
