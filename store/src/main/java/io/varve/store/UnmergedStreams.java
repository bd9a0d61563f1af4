package io.varve.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The streams that have events which the index has not, and when to merge them. Called under the
 * append lock, but for {@link #awaitRoom}.
 */
final class UnmergedStreams {
    /** So many merges' events may wait for the one that is going on, then appends wait, too. */
    private static final long MOST_MERGES = 8;

    private final StreamDirectory directory;
    private final int mergeEvents;
    private final IndexMerger merger;
    private final NoteDirectory notes;
    private List<StreamEntry> streams = new ArrayList<>();
    private int generation;
    private long events;
    private long head = -1;
    private long chain;
    private volatile boolean full;

    UnmergedStreams(
            StreamDirectory directory, NoteDirectory notes, IndexMerger merger, int mergeEvents) {
        this.directory = directory;
        this.notes = notes;
        this.merger = merger;
        this.mergeEvents = mergeEvents;
    }

    /** Notes a stream that has new events. */
    void add(StreamEntry changed) {
        if (changed.enter(generation)) {
            streams.add(changed);
        }
    }

    /** Notes a commit, and begins a merge when enough has come together and none is going on. */
    void committed(long count, long newHead, long newChain) {
        events += count;
        reached(newHead, newChain);
        if (events + notes.weight() >= mergeEvents && merger.offer(this::take)) {
            events = 0;
        }
        full = events > MOST_MERGES * mergeEvents;
    }

    /**
     * Waits for the merge that is going on, where appends are so much faster than merges that
     * memory would fill up. Where merges fail, it does not wait. Any thread, without the append
     * lock.
     */
    void awaitRoom() {
        if (full) {
            merger.awaitIdle();
        }
    }

    /** Notes how far the log was read again; merging is up to the caller. */
    void reached(long newHead, long newChain) {
        head = newHead;
        chain = newChain;
    }

    /** Hands over everything noted so far; nothing where there is no memory for that. */
    IndexMerger.Job take() {
        List<StreamEntry> next = new ArrayList<>();
        IndexMerger.Job job = notes.take(this::job);
        streams = next;
        generation++;
        events = 0;
        return job;
    }

    private IndexMerger.Job job(AppendNotes taken) {
        return new IndexMerger.Job(
                streams, taken, head, chain, directory.streamCount(), directory.types());
    }

    boolean isEmpty() {
        return streams.isEmpty();
    }
}
