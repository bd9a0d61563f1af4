package io.varve.store;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.StoreClosedException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Completes futures when the log has reached their positions. Thread-safe.
 *
 * <p>A daemon thread, made for the first future, waits for the lowest position and hands what is
 * due to threads that come and go as they are needed: what users add to a future runs neither on
 * the committer's thread, nor on this one, where one that blocks would hold up all others. Not to
 * the common pool, which on two cores has a single thread, kept by whoever blocks on it.
 */
final class CommitNotifier {
    /** A future's place in the queue. */
    private record Place(long position, long number) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = Long.compare(position, other.position);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    /** So many completions may block before they hold up others. */
    private static final int MOST_THREADS = 64;

    private final CommitSignal signal;
    private final ThreadPoolExecutor completions =
            new ThreadPoolExecutor(
                    0,
                    MOST_THREADS,
                    1,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    CommitNotifier::completing,
                    new ThreadPoolExecutor.CallerRunsPolicy());
    private final ConcurrentSkipListMap<Place, CompletableFuture<Long>> waiting =
            new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private CommitWatch watch;

    CommitNotifier(CommitSignal signal) {
        this.signal = signal;
    }

    CompletableFuture<Long> whenCommitted(long position) {
        if (signal.isClosed()) {
            return CompletableFuture.failedFuture(closed(position));
        }
        long head = signal.head();
        if (head >= position) {
            return CompletableFuture.completedFuture(head);
        }
        CompletableFuture<Long> future = new CompletableFuture<>();
        Place place = new Place(position, numbers.getAndIncrement());
        waiting.put(place, future);
        future.whenComplete((reached, error) -> waiting.remove(place));
        watch().wake();
        if (signal.isClosed()) {
            // The thread may have gone before this future came.
            future.completeExceptionally(closed(position));
        }
        return future;
    }

    private static StoreClosedException closed(long position) {
        return new StoreClosedException("waiting for position=" + position);
    }

    /** Futures that wait. */
    int size() {
        return waiting.size();
    }

    private synchronized CommitWatch watch() {
        if (watch == null) {
            Thread thread = new Thread(this::run, "varve-notifier");
            thread.setDaemon(true);
            thread.start();
            watch = new CommitWatch(signal, thread);
        }
        return watch;
    }

    private void run() {
        CommitWatch mine = watch();
        while (!signal.isClosed()) {
            Map.Entry<Place, CompletableFuture<Long>> first = waiting.firstEntry();
            long wanted = first == null ? Long.MAX_VALUE : first.getKey().position();
            if (wanted > signal.head()) {
                mine.await(wanted);
            } else {
                waiting.remove(first.getKey());
                long head = signal.head();
                handOver(() -> first.getValue().complete(head));
            }
        }
        mine.close();
        waiting.forEach(
                (place, future) ->
                        handOver(() -> future.completeExceptionally(closed(place.position()))));
        completions.shutdown();
    }

    private void handOver(Runnable completion) {
        try {
            completions.execute(completion);
        } catch (RuntimeException | Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            completion.run(); // no thread can be made: better on this one than never
        }
    }

    private static Thread completing(Runnable body) {
        Thread thread = new Thread(body, "varve-completion");
        thread.setDaemon(true);
        return thread;
    }
}
