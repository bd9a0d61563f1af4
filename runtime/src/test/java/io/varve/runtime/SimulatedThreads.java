package io.varve.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads of the partitions of a {@link Simulation}: real ones, of which one at a time goes on,
 * or else the thread of the simulation. Where one has to wait, another has its turn, which follows
 * from the seed. Who waits goes on when he was told, and not before: where nobody can, that is
 * found.
 */
final class SimulatedThreads {
    private final SplittableRandom random;
    private final List<Part> parts = new ArrayList<>();
    private final Semaphore back = new Semaphore(0);
    private Optional<Part> current = Optional.empty();
    private String projection = "";
    private final List<Wait> waits = new ArrayList<>();

    /** How often another has had its turn. */
    long switches;

    SimulatedThreads(SplittableRandom random) {
        this.random = random;
    }

    private static final class Part {
        final Semaphore go = new Semaphore(0);
        final String name;
        Thread thread;
        boolean over;
        Optional<Condition> waitsFor = Optional.empty();
        Optional<Throwable> failure = Optional.empty();

        Part(String name) {
            this.name = name;
        }
    }

    /** Of the thread of the simulation. */
    private static final class Wait {
        final Condition told;
        boolean over;

        Wait(Condition told) {
            this.told = told;
        }
    }

    /** Makes one; it begins when it is given a turn. */
    Thread thread(Runnable body, String name) {
        Part part = new Part(name);
        part.thread = new Thread(() -> run(part, body), name);
        part.thread.setDaemon(true);
        parts.add(part);
        return part.thread;
    }

    private void run(Part part, Runnable body) {
        part.go.acquireUninterruptibly();
        try {
            body.run();
        } catch (Throwable e) {
            part.failure = Optional.of(e);
        } finally {
            part.over = true;
            back.release();
        }
    }

    /** Does something of a projection: what it waits for are its own threads. */
    void of(String name, Runnable one) {
        String before = projection;
        projection = name;
        try {
            one.run();
        } finally {
            projection = before;
        }
    }

    /** Whether the caller is one of them. */
    boolean isOneOfThem() {
        return current.isPresent();
    }

    /**
     * Waits until it is told.
     *
     * @param others what else may happen before the thread of the simulation gives a turn
     */
    void await(ReentrantLock lock, Condition told, Runnable others) {
        lock.unlock();
        try {
            if (isOneOfThem()) {
                current.get().waitsFor = Optional.of(told);
                letOthersGoOn();
            } else {
                awaitHere(told, others);
            }
        } finally {
            lock.lock();
        }
    }

    private void awaitHere(Condition told, Runnable others) {
        Wait wait = new Wait(told);
        waits.add(wait);
        while (!wait.over) {
            others.run();
            if (!wait.over) {
                turn(any());
            }
        }
        waits.remove(wait);
    }

    /** Whoever waits for it can go on when he has a turn. */
    void tell(Condition waiting) {
        for (Wait wait : waits) {
            wait.over |= wait.told == waiting;
        }
        for (Part part : parts) {
            part.waitsFor = part.waitsFor.filter(one -> one != waiting);
        }
    }

    /** Of one of them: the thread of the simulation goes on, which may give it a turn again. */
    void letOthersGoOn() {
        Part mine = current.orElseThrow();
        back.release();
        mine.go.acquireUninterruptibly();
    }

    private Part any() {
        String name = "varve-projection-" + projection + "-";
        List<Part> mine =
                parts.stream()
                        .filter(one -> one.waitsFor.isEmpty() && one.name.startsWith(name))
                        .toList();
        if (mine.isEmpty()) {
            throw new AssertionError("all wait: " + projection);
        }
        return mine.get(random.nextInt(mine.size()));
    }

    private void turn(Part part) {
        switches++;
        current = Optional.of(part);
        part.go.release();
        back.acquireUninterruptibly();
        current = Optional.empty();
        if (part.over) {
            parts.remove(part);
            part.failure.ifPresent(
                    e -> {
                        throw new AssertionError("a thread has ended: " + part.name, e);
                    });
        }
    }

    /** Lets one go on until it has ended. */
    void join(Thread thread) {
        for (Part part : List.copyOf(parts)) {
            while (part.thread == thread && !part.over) {
                turn(part);
            }
        }
        Threads.join(thread, System.nanoTime() + Long.MAX_VALUE / 2);
    }
}
