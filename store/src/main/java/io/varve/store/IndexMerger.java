package io.varve.store;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Merges the tails of streams into the index, off the append path, one job at a time. Thread-safe.
 *
 * <p>A job that fails (a full disk, mostly) is kept and done with the next one: nothing is lost but
 * memory, because the tails stay until the index has them.
 */
final class IndexMerger implements AutoCloseable {
    /**
     * What to merge.
     *
     * @param streams that have events which the index has not
     * @param notes keys and marks that the index has not
     * @param head the last position to merge
     * @param chain hash of the block it ends
     * @param streamCount streams that have numbers
     * @param types all names of types, by number
     */
    record Job(
            List<StreamEntry> streams,
            AppendNotes notes,
            long head,
            long chain,
            int streamCount,
            String[] types) {}

    /** Nanoseconds that others have to let memory go. */
    private static final long REST = 50_000_000;

    static {
        LockSupport.parkNanos(1); // made ready, which takes memory the first time
    }

    private final LogIndex index;
    private final StoreIdentity identity;

    /** Does something while nobody appends. */
    private final Consumer<Runnable> exclusively;

    /** Lets go of the rest that was merged, while nobody appends. */
    private final Consumer<AppendNotes> afterTrim;

    /** Brings the log up to a position to the disk: the index must not know more than the log. */
    private final LongConsumer durableFirst;

    private final List<StreamEntry> leftOver = new ArrayList<>();
    private final AppendNotes leftOverNotes = new AppendNotes();
    private final Thread thread;

    /** Taken from the streams, and not yet left over; null if there is none. */
    private Job owed;

    private Job waiting;
    private boolean busy;
    private boolean closed;

    IndexMerger(
            LogIndex index,
            StoreIdentity identity,
            Consumer<Runnable> exclusively,
            Consumer<AppendNotes> afterTrim) {
        this(index, identity, exclusively, afterTrim, position -> {});
    }

    IndexMerger(
            LogIndex index,
            StoreIdentity identity,
            Consumer<Runnable> exclusively,
            Consumer<AppendNotes> afterTrim,
            LongConsumer durableFirst) {
        this.index = index;
        this.identity = identity;
        this.exclusively = exclusively;
        this.afterTrim = afterTrim;
        this.durableFirst = durableFirst;
        this.thread = new Thread(this::run, "varve-index-merger");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Takes a job if it has none. */
    synchronized boolean offer(Supplier<Job> job) {
        if (busy || closed) {
            return false;
        }
        waiting = job.get(); // first, as it may find no memory
        busy = true;
        notifyAll();
        return true;
    }

    private void run() {
        for (Job job = await(); job != null; job = await()) {
            try {
                merge(job);
            } catch (RuntimeException | Error e) {
                tell(e);
                insist();
            } finally {
                done();
            }
        }
    }

    private static void tell(Throwable e) {
        try {
            String then = "it is tried again with the next events";
            if (e instanceof StoreCorruptedException damage) {
                // Its advice is for one whose file is not derived.
                then = "the next opening builds it from the log: " + damage.what();
            }
            Logs.of(IndexMerger.class)
                    .log(Level.WARNING, "The index could not be merged; " + then, e);
        } catch (Error none) {
            if (!LackOfMemory.isCauseOf(none)) {
                throw none;
            }
            // Nor is there any to say so; the thread is needed.
        }
    }

    /** Takes over a job that memory was lacking for, before there can be another. */
    private void insist() {
        while (owed != null && !isClosed()) {
            LockSupport.parkNanos(REST);
            try {
                takeOver();
            } catch (Error e) {
                if (!LackOfMemory.isCauseOf(e)) {
                    throw e;
                }
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized Job await() {
        while (waiting == null && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // A stranger's, who did not mean tails to stay in memory: close() has its own way.
                Logs.of(IndexMerger.class)
                        .log(Level.DEBUG, "The thread that merges was interrupted");
            }
        }
        Job job = waiting;
        waiting = null;
        return job;
    }

    /** Waits for the job that is going on; not cut short by an interrupt. */
    synchronized void awaitIdle() {
        boolean interrupted = false;
        while (busy && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void done() {
        busy = false;
        notifyAll();
    }

    /** Merges a job and what was left over. Called by one thread at a time. */
    void merge(Job job) {
        takeOver(); // what is owed: the index must not say that it reaches beyond it
        owed = job;
        takeOver();
        List<StreamIndex.Slice> slices = new ArrayList<>(leftOver.size());
        leftOver.sort(Comparator.comparingInt(StreamEntry::number));
        StreamEntry previous = null;
        for (StreamEntry entry : leftOver) {
            if (entry != previous) {
                slice(entry, job.head(), slices);
            }
            previous = entry;
        }
        LogIndex.State state =
                new LogIndex.State(
                        identity, job.head(), job.chain(), job.streamCount(), job.types().length);
        durableFirst.accept(job.head());
        index.merge(slices, leftOverNotes, job.types(), state);
        leftOver.clear();
        exclusively.accept(() -> trim(slices));
        leftOverNotes.clear();
    }

    /** May be cut short and done again. */
    private void takeOver() {
        if (owed != null) {
            leftOver.addAll(owed.streams());
            leftOverNotes.addAll(owed.notes());
            owed = null;
        }
    }

    private static void slice(StreamEntry entry, long head, List<StreamIndex.Slice> slices) {
        StreamEntry.Tail tail = entry.tail();
        long version = tail.versionAt(head);
        if (version >= tail.base()) {
            slices.add(new StreamIndex.Slice(entry, tail.base(), version, tail));
        }
    }

    private void trim(List<StreamIndex.Slice> slices) {
        for (StreamIndex.Slice slice : slices) {
            slice.entry().trim(slice.to());
        }
        afterTrim.accept(leftOverNotes);
    }

    /** Ends the thread after the job it has. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
