package io.varve.faults;

import io.varve.store.EventQuery;
import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.VarveException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs {@link IoScenario} with disks that fail, one after the other as it is told: each line it
 * reads says a folder, another for witnesses, a seed, and a point or whether to count only. It
 * answers with a line.
 */
final class IoChild {
    static final String COUNT = "count";
    private static final Logger QUIET = Logger.getLogger("io.varve");
    private static final long HUNG_SECONDS = 90;
    private static final int HUNG = 4;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final DiskCalls calls;
    private final IoScenario scenario;
    private final List<IoScenario.Step> steps;

    /** What was thrown, how often. */
    private final Map<String, Integer> thrown = new TreeMap<>();

    private int failedAt;
    private boolean struck;

    private IoChild(DiskCalls calls, IoScenario scenario) {
        this.calls = calls;
        this.scenario = scenario;
        this.steps = scenario.steps();
    }

    public static void main(String[] arguments) throws Exception {
        QUIET.setLevel(Level.OFF);
        List<Throwable> uncaught = new ArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.add(e));
        DiskCalls calls = DiskCalls.here();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            boolean counts = words[3].startsWith(COUNT);
            boolean async = counts ? words[3].endsWith("async") : IoPoint.parse(words[3]).async();
            IoScenario scenario =
                    new IoScenario(
                            Path.of(words[0]), Path.of(words[1]), async, Long.parseLong(words[2]));
            IoChild child = new IoChild(calls, scenario);
            Thread watchdog = watchdog(Thread.currentThread());
            try {
                String answer = counts ? child.count() : child.run(IoPoint.parse(words[3]));
                if (!uncaught.isEmpty()) {
                    throw new AssertionError("not caught by any thread", uncaught.get(0));
                }
                System.out.println(answer);
            } catch (Throwable e) {
                calls.heal();
                System.out.println("BAD " + child.thrown + " " + told(e));
            } finally {
                watchdog.interrupt();
            }
            uncaught.clear();
        }
    }

    /** Ends the process where it takes for ever, and says where it was. */
    private static Thread watchdog(Thread watched) {
        Thread watchdog =
                new Thread(
                        () -> {
                            try {
                                new CountDownLatch(1).await(HUNG_SECONDS, TimeUnit.SECONDS);
                                System.out.println("BAD hung " + stacks());
                                Runtime.getRuntime().halt(HUNG);
                            } catch (InterruptedException e) {
                                // It was done in time.
                            }
                        });
        watchdog.setDaemon(true);
        watchdog.start();
        return watchdog;
    }

    private static String stacks() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces()
                .forEach((thread, stack) -> text.append(thread).append(List.of(stack)).append('|'));
        return text.toString().replace('\n', '|');
    }

    /** In one line. */
    private static String told(Throwable e) {
        return IoErrors.told(e).replace('\n', '|');
    }

    /** How many calls of each sort there are in each step, of a disk that does not fail. */
    private String count() throws Exception {
        StringBuilder counts = new StringBuilder("COUNT");
        for (IoScenario.Step step : steps) {
            calls.count();
            step.work().go();
            calls.heal();
            counts.append(' ').append(step.name().replace(' ', '_'));
            for (DiskCalls.Sort sort : DiskCalls.Sort.values()) {
                counts.append(',').append(calls.count(sort));
            }
        }
        if (scenario.store().retention().firstPosition() == 0) {
            throw new AssertionError("nothing was removed");
        }
        scenario.close();
        return counts.toString();
    }

    private String run(IoPoint point) throws Exception {
        for (int i = 0; i < steps.size(); i++) {
            if (i == point.step()) {
                point.arm(calls);
            }
            go(steps.get(i).name(), steps.get(i).work());
            if (!struck && calls.failed() > 0) {
                struck = true;
                checkFailStop(point);
            }
            if (point.once() && calls.failed() > 0) {
                calls.heal(); // and no call is looked at any more, which is quicker
            }
        }
        go("read", this::checkReads);
        int failed = calls.heal();
        checkGoesOn();
        go("close", scenario::close);
        return "OK " + failed + " " + thrown + " " + calls.first();
    }

    /**
     * Whose commit could not be synced does not know what came of it, and commits no more. It may
     * be one of a projection that emits, so that another has to be tried.
     */
    private void checkFailStop(IoPoint point) throws Exception {
        boolean mustStop =
                !point.async()
                        && point.failure() == IoPoint.Failure.EIO
                        && calls.first().startsWith("sync ")
                        && calls.first().endsWith("/log/log/data.mdb")
                        && steps.get(point.step()).name().startsWith("append");
        if (mustStop && scenario.isOpen()) {
            go("append to it", () -> scenario.append(1));
            if (failedAt != scenario.opened()) {
                throw new AssertionError("goes on after a sync that failed: " + thrown);
            }
        }
    }

    /** It goes well, or says in our own words what does not. */
    private void go(String name, IoScenario.Work work) throws Exception {
        try {
            work.go();
            boolean appends = name.startsWith("append") && scenario.isOpen();
            if (appends && failedAt == scenario.opened()) {
                throw new AssertionError("a store that has failed was appended to: " + name);
            }
        } catch (VarveException e) {
            if (e.remedy().isBlank()) {
                throw new AssertionError("says not what to do", e);
            }
            thrown.merge(
                    e.getClass().getSimpleName() + "@" + name.replace(' ', '_'), 1, Integer::sum);
            boolean appends = name.startsWith("append");
            if (e instanceof AppendOutcomeUnknownException
                    || appends && e instanceof StoreFailedException) {
                failedAt = scenario.opened();
            }
        } catch (Exception | Error e) {
            throw new AssertionError("in " + name + " failed=" + calls.first(), e);
        }
    }

    /** Whatever the disk does, what is in the log is read. */
    private void checkReads() {
        if (scenario.isOpen()) {
            long head = scenario.store().head(); // alerts may be appended meanwhile
            long[] next = {scenario.store().retention().firstPosition()};
            scenario.store()
                    .read(
                            EventQuery.all(),
                            event -> {
                                if (event.position() != next[0]++) {
                                    throw new AssertionError("a gap before " + event.position());
                                }
                                return true;
                            });
            if (next[0] <= head) {
                throw new AssertionError("ends at " + next[0] + " of " + head);
            }
        }
    }

    /** The disk is well again: so is what has not stopped for good, by itself. */
    private void checkGoesOn() throws Exception {
        if (!scenario.isOpen()) {
            return;
        }
        go("append after", () -> scenario.append(2));
        boolean failed = failedAt == scenario.opened();
        if (!failed && thrown.keySet().stream().anyMatch(name -> name.endsWith("append_after"))) {
            throw new AssertionError("does not go on: " + thrown);
        }
        if (scenario.isRunning()) {
            awaitProjections(failed);
        }
    }

    /**
     * They catch up, or say what to do. Of a log that has failed for good nothing is asked but
     * that: what emits cannot.
     */
    private void awaitProjections(boolean logFailed) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        for (String name : IoScenario.NAMES) {
            while (scenario.isUnderWay(name, logFailed)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("does not go on: " + scenario.runtime().status(name));
                }
                LockSupport.parkNanos(1_000_000);
            }
            Optional<Throwable> failure = scenario.runtime().status(name).failure();
            if (failure.isPresent()) {
                checkSaysWhatToDo(name, failure.get());
                resume(name, logFailed);
            }
        }
    }

    /** As it says: who remedies the cause and resumes it has it go on. */
    private void resume(String name, boolean logFailed) throws InterruptedException {
        try {
            scenario.runtime().resume(name);
        } catch (VarveException e) {
            thrown.merge(e.getClass().getSimpleName() + "@resume", 1, Integer::sum);
            return;
        }
        boolean reached =
                logFailed || scenario.runtime().awaitPosition(name, scenario.store().head(), LONG);
        if (!reached) {
            throw new AssertionError("not resumed: " + scenario.runtime().status(name));
        }
    }

    private void checkSaysWhatToDo(String name, Throwable failure) {
        if (!(failure instanceof VarveException known) || known.remedy().isBlank()) {
            throw new AssertionError("no failure of ours: " + name, failure);
        }
        thrown.merge(failure.getClass().getSimpleName() + "@" + name, 1, Integer::sum);
        boolean told =
                scenario.runtime().health().problems().stream()
                        .anyMatch(
                                one ->
                                        one.projection().filter(name::equals).isPresent()
                                                && !one.remedy().isBlank());
        if (!told) {
            throw new AssertionError("health does not say: " + scenario.runtime().health());
        }
    }
}
