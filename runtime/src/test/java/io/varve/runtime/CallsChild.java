package io.varve.runtime;

import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.VerificationReport;
import io.varve.store.errors.VarveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls the runtime, and what it gives out, in a random order and from several threads, also what
 * was closed and whose store was closed first. Prints {@code done}, or what nobody should ever see:
 * it ends with code 3 then, and with 4 where a call does not come back.
 */
final class CallsChild {
    private static final int THREADS = 3;

    /** Looks without any call that came back, of a tenth of a second each. */
    private static final int MOST_LOOKS = 600;

    private static final Map<String, Integer> OUTCOMES = new ConcurrentHashMap<>();
    private static final AtomicLong DONE = new AtomicLong();

    private CallsChild() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("varve.patience.millis", "1");
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        int count = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        watch();
        for (int round = 0; round < rounds; round++) {
            System.out.println("seed=" + (seed + round));
            round(Path.of(arguments[0]).resolve("r" + round), count, seed + round);
        }
        check();
        System.out.println(OUTCOMES);
        System.out.println("done");
        System.out.flush();
        System.exit(0);
    }

    /** An order of calls, as far as it follows from a seed: threads overtake each other. */
    private static void round(Path folder, int count, long seed) throws Exception {
        Calls calls = new Calls(folder, seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom own = random.split();
            threads.add(new Thread(() -> work(calls, count / THREADS, own), "caller-" + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        try {
            calls.closeAll();
            checkSound(folder);
        } catch (Exception | Error e) {
            ended(e);
        }
    }

    /** The calls must have met what they look for. */
    private static void check() {
        for (String met : List.of("answered", "StoreClosedException", "StoreLockedException")) {
            if (!OUTCOMES.containsKey(met)) {
                ended(new IllegalStateException("never met " + met + ": " + OUTCOMES));
            }
        }
    }

    /** They must have left a sound store. */
    private static void checkSound(Path folder) {
        try (EventStore store = EventStore.open(folder.resolve("log"))) {
            VerificationReport report = store.verify(ProgressListener.none());
            if (!report.isClean()) {
                throw new AssertionError(report.toString());
            }
        }
    }

    private static void work(Calls calls, int count, SplittableRandom random) {
        for (int i = 0; i < count; i++) {
            call(calls, random);
            DONE.incrementAndGet();
        }
    }

    private static void call(Calls calls, SplittableRandom random) {
        String outcome = "answered";
        try {
            calls.call(random, 0);
        } catch (VarveException e) {
            outcome = e.getClass().getSimpleName();
            if (e.remedy().isEmpty()) {
                ended(e);
            }
        } catch (IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException
                | NoSuchElementException e) {
            outcome = e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            outcome = "interrupted";
        } catch (Throwable e) {
            ended(e);
        }
        OUTCOMES.merge(outcome, 1, Integer::sum);
    }

    private static synchronized void ended(Throwable error) {
        System.out.println(error);
        for (Throwable e = error; e != null; e = e.getCause()) {
            System.out.println("cause " + e);
            for (StackTraceElement line : e.getStackTrace()) {
                System.out.println("  at " + line);
            }
        }
        System.out.flush();
        Runtime.getRuntime().halt(3);
    }

    /** Ends the process where nothing comes back; counts looks, as a stopped process has none. */
    private static void watch() {
        Thread watch =
                new Thread(
                        () -> {
                            long seen = -1;
                            for (int looks = 0; looks < MOST_LOOKS; looks++) {
                                if (DONE.get() != seen) {
                                    seen = DONE.get();
                                    looks = 0;
                                }
                                java.util.concurrent.locks.LockSupport.parkNanos(100_000_000L);
                            }
                            hangs();
                        },
                        "watch");
        watch.setDaemon(true);
        watch.start();
    }

    private static void hangs() {
        System.out.println("hangs");
        Thread.getAllStackTraces()
                .forEach(
                        (thread, lines) -> {
                            System.out.println(thread + " " + thread.getState());
                            for (StackTraceElement line : lines) {
                                System.out.println("  at " + line);
                            }
                        });
        System.out.flush();
        Runtime.getRuntime().halt(4);
    }
}
