package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.turns.Turns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Appends that meet: each is answered, once, and by what was committed for it; nobody waits for
 * ever. By the ways in which they can take turns, as far as they are tried, and by threads in many
 * short rounds.
 *
 * <p>Lincheck says "Concurrent test has hung" of whatever takes it 30 seconds of the clock, and the
 * time in which it changes the code of classes that it meets first is among them: 20 seconds and
 * more for these where the machine has other things to do. So it meets them beforehand, a few at a
 * time.
 */
@Tag("faults")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AppendInterleavingsTest {
    private static final int WAYS = Integer.getInteger("varve.interleavings", 3_000);

    /** Each is 100 ms and more of three appends. */
    private static final int TURNS = Math.max(1, WAYS / 10);

    private static final int ROUNDS = 10 * WAYS;

    /** Counts what is committed, and is in no hurry; one group at a time. */
    private static final class Counting implements LogAppender.CommitGroup {
        final AtomicInteger inside = new AtomicInteger();
        final List<EventBatch> committed = new ArrayList<>();

        @Override
        public void commit(List<AppendRequest> group) {
            assertEquals(0, inside.getAndIncrement(), "two commit at once");
            for (AppendRequest request : group) {
                request.answered(
                        new AppendOutcome.Appended(
                                new AppendResult(committed.size(), committed.size(), 0, false)));
                committed.add(request.batch());
            }
            inside.decrementAndGet();
        }
    }

    private static final StoreConfig CONFIG = StoreConfig.at(Path.of("log"));
    private static final EventBatch[] BATCHES = {batch(), batch(), batch()};

    private static EventBatch batch() {
        return new EventBatch()
                .add(StreamId.of("things", "a"), NewEvent.of("Said", new byte[] {1}));
    }

    @Test
    void shouldAnswerEachAppendByAllTurns() {
        Lincheck.runConcurrentTest(1, () -> new LogAppender(CONFIG, new Counting()));
        for (int appenders = 1; appenders < BATCHES.length; appenders++) {
            meet(1, appenders);
        }
        meet(TURNS, BATCHES.length);
    }

    private static void meet(int ways, int appenders) {
        Lincheck.runConcurrentTest(
                ways,
                () -> {
                    Counting commits = new Counting();
                    LogAppender appender = new LogAppender(CONFIG, commits);
                    Object[] answers = new Object[appenders];
                    Runnable[] all = new Runnable[appenders];
                    for (int i = 0; i < appenders; i++) {
                        int mine = i;
                        all[i] = () -> answers[mine] = append(appender, BATCHES[mine]);
                    }
                    Turns.of(all).end();
                    for (int i = 0; i < appenders; i++) {
                        check(commits.committed, BATCHES[i], answers[i]);
                    }
                    assertEquals(appenders, commits.committed.size());
                });
    }

    @Test
    void shouldAnswerEachAppend() {
        assertOnly(Set.of(3), appended(false));
    }

    @Test
    void shouldAnswerEachAppendWhenTheLogIsClosedMeanwhile() {
        // Closed before all of them, between them, or behind them.
        assertOnly(Set.of(0, 1, 2), appended(true));
    }

    /** How many appends of a round were answered by a position, and in how many rounds. */
    private static Map<Integer, Integer> appended(boolean closes) {
        Map<Integer, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < ROUNDS; i++) {
            outcomes.merge(appends(closes, i % 30), 1, Integer::sum);
        }
        System.out.println("appended: " + outcomes);
        return outcomes;
    }

    private static void assertOnly(Set<Integer> expected, Map<Integer, Integer> outcomes) {
        assertTrue(expected.containsAll(outcomes.keySet()), outcomes::toString);
    }

    private static int appends(boolean closes, int yields) {
        Counting commits = new Counting();
        LogAppender appender = new LogAppender(CONFIG, commits);
        EventBatch[] batches = closes ? new EventBatch[] {BATCHES[0], BATCHES[1]} : BATCHES;
        AtomicReferenceArray<Object> answers = new AtomicReferenceArray<>(batches.length);
        CountDownLatch begin = new CountDownLatch(1);
        Thread[] threads = new Thread[batches.length];
        for (int i = 0; i < threads.length; i++) {
            int mine = i;
            threads[i] =
                    new Thread(
                            () -> {
                                awaitUninterruptibly(begin);
                                answers.set(mine, append(appender, batches[mine]));
                            });
            threads[i].start();
        }
        begin.countDown();
        for (int i = 0; i < yields; i++) {
            Thread.yield();
        }
        if (closes) {
            appender.close();
        }
        int committed = commits.committed.size();
        join(threads);
        assertTrue(!closes || committed == commits.committed.size(), "committed when closed");
        for (int i = 0; i < threads.length; i++) {
            check(commits.committed, batches[i], answers.get(i));
        }
        return commits.committed.size();
    }

    private static Object append(LogAppender appender, EventBatch batch) {
        try {
            return appender.append(batch);
        } catch (StoreClosedException e) {
            return e;
        }
    }

    private static void check(List<EventBatch> committed, EventBatch batch, Object answer) {
        if (answer instanceof AppendOutcome.Appended appended) {
            assertEquals(batch, committed.get((int) appended.result().firstPosition()));
        } else {
            assertTrue(answer instanceof StoreClosedException, "answer=" + answer);
            assertTrue(!committed.contains(batch), "refused, and committed");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void join(Thread[] threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
