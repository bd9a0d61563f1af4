package io.varve.faults;

import io.varve.projections.StoreRef;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionPausedException;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.runtime.ReadViews;
import io.varve.store.AppendResult;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.errors.StoreClosedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Appends at a steady rate, whether the store keeps up or not: what it does not take in time waits,
 * and that is in the latencies. And reads what was appended, each view for a moment.
 */
final class SoakLoad {
    static final int AUTHORS = 48;
    private static final int THREADS = 16;
    private static final double SECOND = 1e9;
    private static final long BETWEEN_READS = TimeUnit.MILLISECONDS.toNanos(25);

    private record Acknowledged(long position, long when) {}

    private final EventStore store;
    private final ProjectionRuntime runtime;
    private final SoakClock clock;
    private final SoakLeak leak;
    private final Path someFile;
    private final FileChannel acknowledged;
    private final double nanosOfEvent;
    private final SynchronousQueue<Acknowledged> asked = new SynchronousQueue<>();

    final SoakTimes appends = new SoakTimes();
    final SoakTimes fresh = new SoakTimes();
    final AtomicLong events = new AtomicLong();

    SoakLoad(
            EventStore store,
            ProjectionRuntime runtime,
            SoakClock clock,
            SoakLeak leak,
            Path acknowledged,
            int rate)
            throws IOException {
        this.store = store;
        this.runtime = runtime;
        this.clock = clock;
        this.leak = leak;
        this.someFile = acknowledged;
        this.acknowledged =
                FileChannel.open(acknowledged, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        this.nanosOfEvent = THREADS * SECOND / rate;
    }

    void start() {
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            StackChild.thread(() -> append(thread));
        }
        StackChild.thread(() -> look(Stack.DIGEST, Stack.ALL, "all"));
        StackChild.thread(() -> look(Stack.BALANCES, Stack.BY_ACCOUNT, 7));
        StackChild.thread(this::read);
    }

    /** Authors in turn; of each, the last append again first, as it may not be known of. */
    private void append(int thread) throws IOException {
        long[] next = new long[AUTHORS / THREADS];
        for (int i = 0; i < next.length; i++) {
            List<Long> before = Posting.appends(store, thread + i * THREADS);
            next[i] = before.isEmpty() ? 0 : before.get(before.size() - 1);
        }
        double due = clock.now() + thread * nanosOfEvent / THREADS;
        for (int i = 0; true; i = (i + 1) % next.length) {
            int author = thread + i * THREADS;
            int together = Posting.together(author, next[i]);
            clock.awaitUntil((long) due);
            AppendResult result = store.append(Posting.batch(author, next[i]));
            long now = clock.now();
            next[i] += together;
            acknowledge(author, next[i]);
            appends.add(now - (long) due);
            events.addAndGet(together);
            asked.offer(new Acknowledged(result.lastPosition(), now));
            due += together * nanosOfEvent;
        }
    }

    private void acknowledge(int author, long next) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES).putLong(next).flip();
        acknowledged.write(record, (long) author * Long.BYTES);
    }

    /** How long it takes until what is acknowledged can be seen. */
    private <K, V> void look(String name, StoreRef<K, V> rows, K key) throws InterruptedException {
        while (true) {
            Acknowledged one = asked.take();
            PositionBound mine = PositionBound.at(one.position());
            try (ReadView view = runtime.readView(name, mine, Stack.LONG)) {
                view.store(rows).get(key);
                fresh.add(clock.now() - one.when());
            } catch (ProjectionPausedException | StoreClosedException e) {
                // Who has paused it resumes it soon; a view of what was discarded is closed.
            }
            clock.awaitUntil(clock.now() + BETWEEN_READS);
        }
    }

    private void read() throws InterruptedException, IOException {
        SplittableRandom random = new SplittableRandom();
        Set<String> both = Set.of(Stack.BALANCES, Stack.DIGEST);
        while (true) {
            int author = random.nextInt(AUTHORS);
            store.read(EventQuery.stream(Posting.stream(author)).backward().limit(50), any -> true);
            view(author);
            try (ReadViews views = runtime.readViews(both, PositionBound.any(), Stack.LONG)) {
                views.view(Stack.BALANCES).store(Stack.BY_ACCOUNT).count();
            } catch (ProjectionPausedException | StoreClosedException e) {
                // As above.
            }
            leak.more(someFile);
            clock.awaitUntil(clock.now() + BETWEEN_READS);
        }
    }

    private void view(int author) throws InterruptedException {
        ReadView view = runtime.readView(Stack.BALANCES, PositionBound.any(), Stack.LONG);
        try {
            view.store(Stack.BY_AUTHOR).get(author);
        } catch (StoreClosedException e) {
            // As above.
        } finally {
            if (leak == SoakLeak.VIEWS) {
                leak.keep(view);
            } else {
                view.close();
            }
        }
    }
}
