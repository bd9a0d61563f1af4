package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.EventStore;
import io.varve.store.serde.EventSerde;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Workers, tailer, ring, error policies, letters and commits, all of them the real ones, driven by
 * one thread in an order that follows from a seed: so does when the clock goes on, which code
 * fails, which commit, which read of the log; when a worker is stopped, all are killed, the power
 * is cut. A worker that waits lets the others go on meanwhile.
 *
 * <p>The log is real, too. Simulations share one, each begins where the one before has ended.
 */
final class Simulation implements Surroundings {
    static final EventSerde<Notes.Note> SERDE = Notes.serde();
    private static final int DEEPEST = 3;
    private static final int RARELY = 32;

    /** In which whoever has failed is started again. */
    private static final int ROUNDS = 30;

    private static final long MILLI = 1_000_000;
    private static final long HOUR = 3_600_000 * MILLI;
    private static final Watchdog WATCHDOG = new Watchdog(Duration.ofDays(1));

    static {
        // It keeps its thread: workers come and go all the time.
        WATCHDOG.add(new Activity("nobody", SimulatedProjection.progress("nobody"), WATCHDOG));
    }

    private static final SnapshotThread SNAPSHOTS = new SnapshotThread();
    private static final List<ErrorPolicy> POLICIES =
            List.of(
                    ErrorPolicy.fail(),
                    ErrorPolicy.skip(),
                    ErrorPolicy.deadLetter(),
                    ErrorPolicy.retry(2, Duration.ofMillis(5), ErrorPolicy.deadLetter()),
                    ErrorPolicy.retry(1, Duration.ofMillis(1), ErrorPolicy.fail()),
                    ErrorPolicy.retry(3, Duration.ofMillis(20), ErrorPolicy.skip()));

    /** The one that runs: projections are made once for all. */
    static Simulation running;

    final SplittableRandom random;
    final SimulatedThreads threads;
    private final boolean divided;
    final SimulatedLog events;
    final List<SimulatedEvent> log;
    final long base;
    RuntimeContext context;
    private final EventStore store;
    private final RuntimeConfig config;
    private final int ringSlots;
    private final List<SimulatedProjection> projections = new ArrayList<>();
    private LogTailer tailer;
    private long now;

    /** Who shares slices with others waits for them, but on one thread nobody comes. */
    private long impatience;

    private long trace = 17;
    private int depth;
    private boolean dying;
    private boolean cut;
    private boolean healed;
    private boolean settling;

    /** What has happened. */
    long letters;

    long failures;
    long died;
    long calls;
    long points;
    long pauses;
    long kills;
    long cuts;
    long faults;
    long live;

    /**
     * One that has not begun.
     *
     * @param divided whether projections have several partitions
     */
    Simulation(EventStore store, long seed, boolean divided) {
        this.store = store;
        this.divided = divided;
        this.random = new SplittableRandom(seed);
        this.threads = new SimulatedThreads(random);
        this.events = new SimulatedLog(store, random);
        this.log = events.events;
        this.base = events.base;
        this.ringSlots = 2 << random.nextInt(3);
        this.config =
                RuntimeConfig.defaults()
                        .withSlotEvents(1 << random.nextInt(4))
                        .withCatchUpBatchEvents(1 + random.nextInt(20))
                        .withMaxDirtyRows(1 + random.nextInt(6))
                        .withCommitInterval(Duration.ofMillis(1 + random.nextInt(50)));
        start();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            ErrorPolicy policy = POLICIES.get(random.nextInt(POLICIES.size()));
            int partitions = divided ? 2 + random.nextInt(2) : 1;
            projections.add(new SimulatedProjection(this, projections.size(), policy, partitions));
        }
    }

    /** A process: what was in memory is gone. */
    private void start() {
        EventRing ring = new EventRing(ringSlots);
        Sources sources = new Sources();
        context =
                new RuntimeContext(
                        store,
                        History.of(store),
                        ring,
                        sources,
                        new SharedSlices(2, () -> impatience += HOUR),
                        config,
                        new OpenViews(Duration.ZERO),
                        SNAPSHOTS,
                        false,
                        WATCHDOG,
                        Runnable::run,
                        () -> true,
                        step -> {},
                        this);
        tailer =
                new LogTailer(
                        new StoreSliceReader(store, sources::all, config),
                        ring,
                        (thread, position) -> {});
        tailer.skipToHead();
    }

    long head() {
        return events.head();
    }

    void meet(int projection, Notes.Note note) {
        if (threads.isOneOfThem() && random.nextInt(4) == 0) {
            threads.letOthersGoOn();
        }
        for (int i = log.size() - 1; i >= 0; i--) {
            SimulatedEvent event = log.get(i);
            if (event.author() == note.author() && event.number() == note.number()) {
                projections.get(projection).meet(event);
                return;
            }
        }
        throw new AssertionError("of another log: " + note);
    }

    int failures(SimulatedEvent event) {
        return healed ? 0 : event.failures();
    }

    void note(int what, long position, long value) {
        trace = (trace * 1_000_003 + what) * 31 + (position - base) * 7 + value;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void idle(EventFeed feed) {
        live++; // its turn is over
    }

    /** The others go on meanwhile. */
    @Override
    public void pause(Condition told, long nanos) {
        pauses++;
        long until = now + nanos;
        if (depth < DEEPEST && !settling) {
            depth++;
            for (int i = random.nextInt(8); i > 0 && now < until; i--) {
                act();
            }
            depth--;
        }
        if (random.nextInt(4) > 0) {
            now = Math.max(now, until); // else it has been told, or for no reason
        }
    }

    @Override
    public Thread thread(Runnable body, String name) {
        return threads.thread(body, name);
    }

    /** The partitions of a worker go on meanwhile; now and then others do. */
    @Override
    public void await(ReentrantLock lock, Condition told) {
        threads.await(lock, told, this::others);
    }

    @Override
    public void tell(Condition waiting) {
        threads.tell(waiting);
    }

    private void others() {
        if (depth < DEEPEST && !settling && random.nextInt(RARELY) == 0) {
            depth++;
            act();
            depth--;
        }
    }

    @Override
    public void join(Thread thread) {
        threads.join(thread);
    }

    @Override
    public SliceReader log(SliceReader real) {
        return events.reader(real);
    }

    private void append() {
        events.append();
        note(-1, head(), 0);
    }

    /** All of it; what it has come to, as a number. */
    long run() {
        running = this;
        append();
        openAll();
        for (int i = 40 + random.nextInt(120); i > 0; i--) {
            act();
            if (dying) {
                die();
            }
            now += random.nextInt(3) * MILLI / 2;
        }
        settle();
        healed = true;
        settle();
        projections.forEach(SimulatedProjection::checkEnd);
        forEachDisk(one -> faults += one.faults);
        faults += events.faults;
        endAll();
        return trace;
    }

    private void openAll() {
        for (SimulatedProjection one : projections) {
            one.open();
            one.begin();
        }
    }

    private void act() {
        int dice = random.nextInt(100);
        SimulatedProjection one = projections.get(random.nextInt(projections.size()));
        if (dice < 14) {
            append();
        } else if (dice < 38) {
            tailer.step();
        } else if (dice < 80) {
            if (one.isFree()) {
                one.turn();
            } else if (!one.isRunning() && !dying) {
                one.begin();
            }
        } else if (dice < 86) {
            one.call(false, random.nextInt(3) == 0);
        } else if (dice < 89) {
            one.ask(random.nextInt(6));
        } else if (dice < 91) {
            if (one.isRunning()) {
                one.stop();
            }
        } else if (dice < 94) {
            SimulatedDisk.Fault[] all = SimulatedDisk.Fault.values();
            one.disk().fail(all[random.nextInt(all.length)], 1 + random.nextInt(3));
        } else if (dice < 95) {
            events.fail(1 + random.nextInt(2));
        } else if (dice < 97) {
            kill(random.nextBoolean());
        } else {
            now += random.nextInt(200) * MILLI;
        }
    }

    /**
     * A process is killed; with the power, or without. Whoever is in the middle of something ends.
     */
    private void kill(boolean power) {
        dying = true;
        cut |= power;
        kills++;
        projections.forEach(SimulatedProjection::kill);
        if (divided) {
            projections.forEach(SimulatedProjection::killDisks); // between two of them, too
        }
    }

    private void forEachDisk(Consumer<SimulatedDisk> what) {
        projections.forEach(one -> one.forEachDisk(what));
    }

    private void die() {
        endAll();
        forEachDisk(one -> one.fail(SimulatedDisk.Fault.NONE, 0));
        if (cut) {
            cuts++;
            forEachDisk(SimulatedDisk::cutPower);
        }
        dying = false;
        cut = false;
        start();
        openAll();
    }

    private void endAll() {
        projections.forEach(SimulatedProjection::kill);
        for (SimulatedProjection one : projections) {
            while (one.isRunning()) {
                one.turn();
            }
        }
    }

    /** Without faults of the disk, everybody gets to the end, or as far as his policy lets him. */
    private void settle() {
        settling = true;
        events.fail(0);
        if (dying) {
            die();
        }
        forEachDisk(one -> one.fail(SimulatedDisk.Fault.NONE, 0));
        for (int round = 0; round < 2_000 && !isSettled(round); round++) {
            now += MILLI;
            tailer.step();
            for (SimulatedProjection one : projections) {
                if (one.isFree()) {
                    one.turn();
                } else if (!one.isRunning() && (round < ROUNDS || !one.hasFailed())) {
                    one.begin();
                }
                if (healed && round % 5 == 0) {
                    one.call(true, false);
                }
            }
        }
        for (SimulatedProjection one : projections) {
            assertTrue(
                    one.isAtEnd() || one.hasFailed() && isFor(one), () -> "stands still: " + one);
        }
    }

    /** Whether it has failed of what it must. */
    private boolean isFor(SimulatedProjection one) {
        SimulatedEvent event = one.next();
        return event.poison() || failures(event) > 0;
    }

    private boolean isSettled(int round) {
        return round > ROUNDS
                && projections.stream().allMatch(one -> one.isAtEnd() || one.hasFailed());
    }
}
