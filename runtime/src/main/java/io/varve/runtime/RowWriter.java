package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.store.StreamId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Applies events to the rows of a read model, in one partition or in several, and commits. Errors
 * may be thrown later than by the call that applies the event, but at {@link #settle} at the
 * latest; {@link #abandon} follows.
 */
interface RowWriter extends AutoCloseable {
    /** The last position that is committed in all partitions. */
    long committed();

    /** Whether all partitions have committed the same position last. */
    boolean isTogether();

    /** Events given to the topology, since it was made. */
    long applied();

    /** Rows changed since the last commit, about. */
    int dirty();

    /** Whether they take so much of the cache that they should be committed; about. */
    boolean isFull();

    /** Of the cache, as of the last commit. */
    CacheCounts cacheCounts();

    /** How many records came too late for its tables, by their stores, since it began. */
    Map<String, Long> lateRecords();

    /** When a tick would do something, as of the last commit. */
    long tickDue();

    /** Says who is told that it gets on. */
    void tells(Activity told);

    /**
     * The letter of an event that partitions which are ahead have left out; those behind them do so
     * too. What waits there waits here by itself.
     */
    Optional<DeadLetter> leftOutAhead(long position);

    /** Whether events of a stream wait, in all partitions. */
    boolean holds(StreamId stream);

    /** Applies an event, or lets it wait where its stream is under quarantine. */
    void apply(EventSlice.Entry entry);

    /** Applies an event that was left out when its turn came, in these partitions. */
    void applyLate(EventSlice.Entry entry, Predicate<PartitionModel> where);

    /** Leaves out an event that is next; it is committed before the next is applied. */
    void leaveOut(DeadLetter letter);

    /** Waits until everything that was given is applied. */
    void settle();

    /** Commits what was applied; settled before. */
    void commit(long position);

    /** Commits what was changed, without going on. */
    void commitLate();

    /** The log has what was emitted up to a position. */
    void appended(long position);

    /** Goes back to the last commit. */
    void abandon();

    @Override
    void close();
}
