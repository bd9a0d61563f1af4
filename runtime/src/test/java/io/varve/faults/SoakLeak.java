package io.varve.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a soak is to notice: each is done on purpose, to see that it does. */
enum SoakLeak {
    NONE,
    /** Views are not closed. */
    VIEWS,
    /** Objects are kept. */
    HEAP,
    /** Files are not closed. */
    FILES,
    /** Threads do not end. */
    THREADS,
    /** Snapshots are not removed. */
    SNAPSHOTS,
    /** The beginning of the log is not removed. */
    LOG;

    private static final int SOME_BYTES = 200_000;

    private final Queue<Object> kept = new ConcurrentLinkedQueue<>();

    void keep(Object one) {
        kept.add(one);
    }

    /** A little more, if it is one of these. */
    void more(Path file) throws IOException {
        switch (this) {
            case HEAP -> keep(new byte[SOME_BYTES]);
            case FILES -> keep(Files.newInputStream(file));
            case THREADS -> StackChild.thread(() -> Thread.currentThread().join());
            default -> {}
        }
    }
}
