package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.StoreClosedException;
import io.varve.turns.Turns;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who waits for a position, and who moves the head or closes, by all the ways in which they can
 * take turns, as far as they are tried: nobody waits for ever, which would be found as a deadlock.
 */
@Tag("faults")
class WaitInterleavingsTest {
    private static final int WAYS = Integer.getInteger("varve.interleavings", 3_000);
    private static final Duration FOR_EVER = Duration.ofDays(20_000);

    @Test
    void shouldWakeWhoWaitsForAPosition() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    CommitSignal signal = new CommitSignal("store=s");
                    Turns waiters = Turns.of(() -> await(signal, 0), () -> await(signal, 1));
                    signal.advance(0);
                    signal.advance(1);
                    waiters.end();
                });
    }

    @Test
    void shouldLetWaitersGoWhenItIsClosed() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    CommitSignal signal = new CommitSignal("store=s");
                    Turns both = Turns.of(() -> await(signal, 5), () -> signal.advance(0));
                    signal.close();
                    both.end();
                });
    }

    private static void await(CommitSignal signal, long position) {
        try {
            assertTrue(signal.await(position, FOR_EVER) && signal.head() >= position);
        } catch (StoreClosedException e) {
            assertTrue(signal.isClosed());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldWakeTheThreadOfAWatch() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    CommitSignal signal = new CommitSignal("store=s");
                    Turns waiter =
                            Turns.of(
                                    () -> {
                                        try (CommitWatch watch = watch(signal)) {
                                            watch.await(1);
                                        }
                                    });
                    signal.advance(0);
                    signal.advance(1);
                    waiter.end();
                });
    }

    @Test
    void shouldEndTheWaitOfAWatchThatIsWokenOrClosed() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    CommitSignal signal = new CommitSignal("store=s");
                    CommitWatch[] watch = new CommitWatch[1];
                    Turns both =
                            Turns.of(
                                    () -> {
                                        CommitWatch mine = watch(signal);
                                        synchronized (watch) {
                                            watch[0] = mine;
                                        }
                                        mine.await(7);
                                        mine.await(9);
                                    },
                                    () -> {
                                        synchronized (watch) {
                                            if (watch[0] != null) {
                                                watch[0].wake();
                                            }
                                        }
                                    });
                    signal.close();
                    both.end();
                });
    }

    private static CommitWatch watch(CommitSignal signal) {
        return new CommitWatch(signal, Thread.currentThread());
    }

    /** One thread hands the wait over to another, as those do that stand in for each other. */
    @Test
    void shouldWakeWhomTheWaitWasHandedOverTo() {
        Lincheck.runConcurrentTest(
                WAYS,
                () -> {
                    CommitSignal signal = new CommitSignal("store=s");
                    WakeOnCommit wake = new WakeOnCommit(signal);
                    Turns both = Turns.of(() -> park(signal, 0), () -> signal.advance(0));
                    wake.arm(Thread.currentThread(), 0);
                    wake.arm(both.thread(0), 0);
                    both.end();
                });
    }

    private static void park(CommitSignal signal, long position) {
        while (signal.head() < position) {
            LockSupport.park();
        }
    }
}
