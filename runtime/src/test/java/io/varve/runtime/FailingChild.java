package io.varve.runtime;

import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.StoreConfig;
import io.varve.store.StreamId;
import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Appends notes, projects them with code that fails on some, retries and discards dead letters, all
 * at once and at random, until it is killed, or kills itself in the middle of an event or at a step
 * that is named. What it prints is whole if it ends in a dot.
 */
final class FailingChild {
    static final int AUTHORS = 6;
    static final String PROJECTION = "digests";

    /** Exit codes: where it appends and waits for its projection, and where it retries letters. */
    static final int APPENDING_FAILED = 3;

    static final int RETRYING_FAILED = 4;

    private final EventSerde<Notes.Note> serde = Notes.serde();
    private final Random random;
    private final long seed;
    private final AtomicLong left;
    private final String step;
    private final AtomicLong stepsLeft;
    private final EventStore store;
    private final ProjectionRuntime runtime;

    private FailingChild(
            Path folder, long seed, long calls, int partitions, String step, long times) {
        this.seed = seed;
        this.random = new Random(seed);
        this.left = new AtomicLong(calls);
        this.step = step;
        this.stepsLeft = new AtomicLong(times);
        // A process is killed, not the machine: waiting for the disk would be most of what it does.
        this.store =
                EventStore.open(
                        StoreConfig.at(folder.resolve("log"))
                                .withDurability(Durability.async(Duration.ofSeconds(1))));
        // What is skipped is never retried, so that a step of that would never come.
        boolean skips = random.nextInt(4) == 0 && step.isEmpty();
        ErrorPolicy.Final last = skips ? ErrorPolicy.skip() : ErrorPolicy.deadLetter();
        // Nor is an attempt kept where there is one only.
        boolean once = random.nextBoolean() && !step.equals("attempt.kept");
        ErrorPolicy policy = once ? last : ErrorPolicy.retry(1, Duration.ofMillis(1), last);
        RuntimeConfig config =
                RuntimeConfig.defaults()
                        .withRingSlots(4)
                        .withSlotEvents(1 + random.nextInt(20))
                        .withCatchUpBatchEvents(1 + random.nextInt(50));
        this.runtime =
                ProjectionRuntime.builder(store, folder.resolve("models"))
                        .add(
                                AuthorDigests.projection(PROJECTION, serde, this::hook),
                                ProjectionConfig.defaults()
                                        .withErrorPolicy(policy)
                                        .withPartitions(partitions))
                        .config(config)
                        .steps(this::reached)
                        .build();
    }

    public static void main(String[] arguments) throws Exception {
        try {
            new FailingChild(
                            Path.of(arguments[0]),
                            Long.parseLong(arguments[1]),
                            Long.parseLong(arguments[2]),
                            Integer.parseInt(arguments[3]),
                            arguments[4],
                            Long.parseLong(arguments[5]))
                    .run();
        } catch (Throwable e) {
            die(e, RETRYING_FAILED);
        }
    }

    /** Says why, in one line, as the parent keeps lines; its code says which thread it was. */
    private static void die(Throwable why, int code) {
        StringBuilder text = new StringBuilder("failed");
        for (Throwable one = why; one != null; one = one.getCause()) {
            text.append(" | ").append(one).append(" at ");
            text.append(Arrays.toString(one.getStackTrace()));
        }
        System.out.println(text.toString().replaceAll("\\R", " ") + " .");
        Runtime.getRuntime().halt(code);
    }

    private void reached(String now) {
        if (now.equals(step) && stepsLeft.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(137);
        }
    }

    private void hook(Notes.Note note) {
        if (left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(137);
        }
        // Some fail always, of which each process mends some, and a few by chance.
        int hash = Long.hashCode(note.author() * 31 + note.number() * 7_919);
        boolean wrong = hash % 11 == 0 && (hash ^ seed) % 3 != 0;
        if (wrong || hash % 17 == 0 && left.get() % 2 == 0) {
            throw new IllegalStateException("wrong " + note);
        }
    }

    private void run() throws Exception {
        runtime.start();
        System.out.println("started");
        Thread appending = new Thread(this::appendOrDie);
        appending.setDaemon(true);
        appending.start();
        DeadLetters letters = runtime.deadLetters(PROJECTION);
        while (true) {
            List<StreamId> held = letters.streams();
            if (held.isEmpty()) {
                store.awaitPosition(store.head() + 1, Notes.LONG);
                System.out.println("nothing to retry .");
                continue;
            }
            StreamId stream = held.get(random.nextInt(held.size()));
            List<DeadLetter> all = letters.list(stream);
            int dice = random.nextInt(10);
            if (dice == 0) {
                letters.discard(stream, Notes.LONG);
                all.forEach(letter -> System.out.println("discarded " + letter.position() + " ."));
            } else if (dice == 1 && !all.isEmpty()) {
                DeadLetter one = all.get(random.nextInt(all.size()));
                letters.discard(one.position(), Notes.LONG);
                System.out.println("discarded " + one.position() + " .");
            } else {
                System.out.println("retried " + letters.retry(stream, Notes.LONG).applied() + " .");
            }
        }
    }

    private void appendOrDie() {
        try {
            append();
        } catch (Throwable e) {
            // Seen by the exit code: a projection that has failed would let the other thread go on.
            die(e, APPENDING_FAILED);
        }
    }

    private void append() throws InterruptedException {
        Random other = new Random(seed + 1);
        long[] numbers = new long[AUTHORS];
        for (int author = 0; author < AUTHORS; author++) {
            StreamId stream = StreamId.of(Notes.CATEGORY, "author-" + author);
            numbers[author] = store.version(stream).orElse(-1) + 1;
        }
        while (true) {
            int author = other.nextInt(AUTHORS);
            int count = 1 + other.nextInt(5);
            long last = Notes.append(store, serde, author, numbers[author], count);
            numbers[author] += count;
            keepClose(last);
        }
    }

    /** So that the log grows no faster than it is projected, and the letters not for ever. */
    private void keepClose(long last) throws InterruptedException {
        if (last >= 100) {
            runtime.awaitPosition(PROJECTION, last - 100, Notes.LONG);
        }
        DeadLetters letters = runtime.deadLetters(PROJECTION);
        if (letters.count().retriable() > 1_000) {
            letters.discard(letters.streams().get(0), Notes.LONG);
        }
    }
}
