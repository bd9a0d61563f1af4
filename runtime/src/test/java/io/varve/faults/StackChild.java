package io.varve.faults;

import io.varve.runtime.DeadLetters;
import io.varve.runtime.NothingToSnapshotException;
import io.varve.runtime.ProjectionGenerations;
import io.varve.runtime.ProjectionPausedException;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.Rebuild;
import io.varve.store.AppendResult;
import io.varve.store.Durability;
import io.varve.store.EventStore;
import io.varve.store.ProgressListener;
import io.varve.store.StreamId;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program that appends from several threads, projects, and has its projections rebuilt, promoted,
 * rolled back, copied, backed up and their letters retried, all at once and at random, until it is
 * killed. What was acknowledged it writes to files elsewhere.
 */
final class StackChild {
    private static final System.Logger LOGGER = System.getLogger(StackChild.class.getName());
    private static final int FAILED = 3;

    /** What the log may be ahead of the slowest projection. */
    private static final int BEHIND = 300;

    private final Path data;
    private final Path witness;
    private final long seed;
    private final SplittableRandom random;
    private final EventStore store;

    /** Whether what was acknowledged is there after the death that is to come. */
    private final boolean keeps;

    private final ProjectionRuntime runtime;
    private int backups;

    private StackChild(Path data, Path witness, long seed, boolean power) {
        this.data = data;
        this.witness = witness;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.store = Stack.store(data, random);
        this.keeps = !power || store.config().durability().equals(Durability.SYNC);
        this.runtime = Stack.runtime(store, data, random, this::hook);
    }

    public static void main(String[] arguments) {
        try {
            new StackChild(
                            Path.of(arguments[0]),
                            Path.of(arguments[1]),
                            Long.parseLong(arguments[2]),
                            Boolean.parseBoolean(arguments[3]))
                    .run();
        } catch (Throwable e) {
            die(e);
        }
    }

    static void die(Throwable why) {
        LOGGER.log(Level.ERROR, "It has failed", why);
        Runtime.getRuntime().halt(FAILED);
    }

    private void hook(Posting posting) {
        if (posting.isWrong(seed)) {
            throw new IllegalStateException("wrong: " + posting.author() + "/" + posting.number());
        }
    }

    interface Work {
        void go() throws Exception;
    }

    static void thread(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.go();
                            } catch (Throwable e) {
                                die(e);
                            }
                        });
        thread.setDaemon(true);
        thread.start();
    }

    private void run() throws Exception {
        Stack.start(runtime);
        for (int author = 0; author < Posting.AUTHORS; author++) {
            int one = author;
            thread(() -> append(one));
        }
        Files.createFile(StackFolder.started(witness, seed));
        thread(this::retry);
        thread(this::awaitDurable);
        while (true) {
            change(random.nextInt(8));
        }
    }

    /**
     * Appends the last again, as who does not know whether it was acknowledged, and then goes on.
     */
    private void append(int author) throws IOException, InterruptedException {
        try (FileChannel acknowledged = witness("acknowledged-" + author)) {
            List<Long> before = Posting.appends(store, author);
            long next = before.isEmpty() ? 0 : before.get(before.size() - 1);
            ByteBuffer record = ByteBuffer.allocate(Long.BYTES);
            while (true) {
                AppendResult result = store.append(Posting.batch(author, next));
                next += Posting.together(author, next);
                if (keeps) {
                    acknowledged.write(record.clear().putLong(next).flip());
                }
                long behind = result.lastPosition() - BEHIND;
                if (behind >= 0) {
                    await(Stack.BALANCES, behind);
                    await(Stack.DIGEST, behind);
                }
            }
        }
    }

    private void awaitDurable() throws IOException, InterruptedException {
        try (FileChannel durable = witness("durable")) {
            ByteBuffer record = ByteBuffer.allocate(Long.BYTES);
            for (long next = 0; true; next = store.head() + 1) {
                if (store.awaitPosition(next, Stack.LONG) && store.awaitDurable(next, Stack.LONG)) {
                    durable.write(record.clear().putLong(next).flip());
                }
            }
        }
    }

    private FileChannel witness(String name) throws IOException {
        return FileChannel.open(
                witness.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void await(String name, long position) throws InterruptedException {
        try {
            runtime.awaitPosition(name, position, Stack.LONG);
        } catch (ProjectionPausedException e) {
            // It is resumed by who has paused it; appends go on meanwhile.
        }
    }

    private void retry() throws InterruptedException {
        SplittableRandom other = new SplittableRandom(seed + 1);
        DeadLetters letters = runtime.deadLetters(Stack.BALANCES);
        while (true) {
            List<StreamId> held = letters.streams();
            if (held.isEmpty()) {
                store.awaitPosition(store.head() + 1, Stack.LONG);
            } else if (other.nextInt(4) == 0 || letters.count().retriable() > 500) {
                letters.discard(held.get(other.nextInt(held.size())), Stack.LONG);
            } else {
                letters.retry(held.get(other.nextInt(held.size())), Stack.LONG);
            }
        }
    }

    private void change(int what) throws Exception {
        String name = random.nextInt(3) == 0 ? Stack.BALANCES : Stack.DIGEST;
        ProjectionGenerations known = runtime.status(name).generations();
        switch (what) {
            case 0, 1, 2 -> rebuild(name);
            case 3 -> {
                if (known.previous().isPresent()) {
                    runtime.rollback(name);
                    runtime.resume(name); // it may have been paused when it was live last
                }
            }
            case 4 -> {
                if (known.previous().isPresent()) {
                    runtime.discard(name);
                }
            }
            case 5 -> copy();
            case 6 -> {
                runtime.pause(name);
                runtime.resume(name);
            }
            default -> backUp();
        }
    }

    private void copy() {
        try {
            runtime.snapshot(Stack.DIGEST);
        } catch (NothingToSnapshotException e) {
            // As it says: nothing has been applied yet.
        }
    }

    private void rebuild(String name) throws InterruptedException {
        Rebuild rebuild = runtime.rebuild(name);
        if (rebuild.await(Stack.LONG) && random.nextInt(4) > 0) {
            rebuild.promote();
        } else {
            rebuild.cancel();
        }
    }

    private void backUp() throws IOException {
        String name = "backup-" + seed + "-" + backups++;
        store.backup(Stack.backups(data).resolve(name), ProgressListener.none());
        Files.createFile(witness.resolve(name));
    }
}
