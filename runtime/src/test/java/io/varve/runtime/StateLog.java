package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what a listener was told, for tests that wait for it. */
final class StateLog implements ProjectionListener {
    private final Map<String, List<ProjectionState>> states = new HashMap<>();
    private final Map<String, Throwable> failures = new HashMap<>();
    private final Map<String, String> threads = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final List<ReadModelRecovery> recoveries = new ArrayList<>();

    @Override
    public synchronized void onStateChange(
            String projection, ProjectionState from, ProjectionState to) {
        List<ProjectionState> known =
                states.computeIfAbsent(
                        projection, name -> new ArrayList<>(List.of(ProjectionState.CREATED)));
        if (from == ProjectionState.CREATED
                && known.get(known.size() - 1) == ProjectionState.STOPPED) {
            known.add(from); // another of that name
        }
        if (!from.canMoveTo(to) || known.get(known.size() - 1) != from) {
            violations.add(projection + " " + known + " and then " + from + " to " + to);
        }
        known.add(to);
        threads.put(projection, Thread.currentThread().getName());
        notifyAll();
    }

    @Override
    public synchronized void onFailure(String projection, Throwable failure) {
        failures.put(projection, failure);
        notifyAll();
    }

    @Override
    public synchronized void onRecovery(String projection, ReadModelRecovery recovery) {
        recoveries.add(recovery);
        notifyAll();
    }

    /** Waits until read models were begun anew so many times. */
    synchronized List<ReadModelRecovery> awaitRecoveries(int times) throws InterruptedException {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (recoveries.size() < times) {
            waitUntil(deadline, "recoveries: " + recoveries);
        }
        return List.copyOf(recoveries);
    }

    /** Asserted at the end: what a listener throws is ignored. */
    synchronized void assertLegal() {
        assertEquals(List.of(), violations);
    }

    /** What comes is of a runtime that begins. */
    synchronized void forget() {
        states.clear();
    }

    synchronized List<ProjectionState> of(String projection) {
        return List.copyOf(states.getOrDefault(projection, List.of()));
    }

    synchronized String threadOf(String projection) {
        return threads.get(projection);
    }

    /** Waits until a projection was in a state at least so many times. */
    synchronized void await(String projection, ProjectionState state, int times)
            throws InterruptedException {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (of(projection).stream().filter(state::equals).count() < times) {
            waitUntil(deadline, projection + " " + state + " x" + times + ": " + states);
        }
    }

    void await(String projection, ProjectionState state) throws InterruptedException {
        await(projection, state, 1);
    }

    synchronized Throwable awaitFailure(String projection) throws InterruptedException {
        long deadline = System.nanoTime() + Notes.LONG.toNanos();
        while (!failures.containsKey(projection)) {
            waitUntil(deadline, projection + " failed: " + states);
        }
        return failures.get(projection);
    }

    private void waitUntil(long deadline, String what) throws InterruptedException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            fail("not seen: " + what);
        }
        wait(left);
    }

    /** What a listener is told of a generation that is live. */
    static Progress.Told told(String projection, ProjectionListener listener) {
        return new ToldOfGeneration(
                new GenerationId(1, 1),
                new News(projection, listener),
                () -> true,
                java.util.Optional::empty,
                Path.of("never-written"));
    }
}
