package io.varve.store;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Removes the oldest events of a store, and keeps those that somebody still needs.
 *
 * <pre>
 *   0 … removed … │ firstPosition() … "backup" … "projection/revenue/generation-1" … head
 *                   └──────────▶ truncateBefore(p) ends at the lowest hold
 * </pre>
 *
 * <ul>
 *   <li>Positions and versions keep their meaning: nothing is counted anew. A stream whose events
 *       are all gone still has its version.
 *   <li>Whole blocks are removed, each of which is what one commit has written, or a part of it;
 *       and an append with an idempotency key is removed as a whole, because its key answers for
 *       all its events. So the log may begin before the position that was asked for. The newest
 *       block always stays, and with it the append it ends, if that has a key.
 *   <li>It is done in slices of about a thousand blocks, or one append with a key, each in a
 *       transaction of its own, and appends go on in between. A process that is killed meanwhile
 *       leaves a log that is shorter by some slices.
 *   <li>Who reads from before the first position begins there. Who is in the middle of events that
 *       are removed gets an {@link io.varve.store.errors.EventsTruncatedException} if he reads
 *       forward; backward, his events end there.
 *   <li>The room is used again by later appends. The file becomes no smaller; a backup of it is.
 * </ul>
 *
 * <p>Holds are kept in the log, so they protect also those who are not running. Running projections
 * hold by themselves what they have not read, and {@link io.varve.store.snapshot snapshots of
 * streams} what they do not stand for yet; backups and readers of your own need a {@link #hold}.
 * Thread-safe.
 */
public final class Retention {
    private final Log log;
    private final LogReads reads;
    private final LogTruncation slices;
    private final HoldTable holds;
    private final CommitSignal signal;
    private final ReentrantLock lock = new ReentrantLock();

    Retention(Log log, LogReads reads, LogTruncation slices, HoldTable holds, CommitSignal signal) {
        this.log = log;
        this.reads = reads;
        this.slices = slices;
        this.holds = holds;
        this.signal = signal;
    }

    /**
     * The first position that is still in the log.
     *
     * @return 0 in a whole log, also in an empty one
     */
    public long firstPosition() {
        return log.base().firstPosition();
    }

    /**
     * Removes the events before a position, as far as no hold needs them: it ends at the lowest
     * hold, and the result tells which.
     *
     * @param position the first to be kept, 0 or more; beyond the head, it means all but the newest
     *     block
     * @return what was removed, and what was in the way
     * @throws io.varve.store.errors.StoreFullException if there is no room for the change itself;
     *     the slices before are done
     * @throws io.varve.store.errors.StoreCorruptedException if it comes to a block that is damaged;
     *     the slices before are done
     * @throws io.varve.store.errors.StoreFailedException if the disk failed, now or earlier
     * @throws io.varve.store.errors.StoreClosedException if the store is closed
     */
    public Truncation truncateBefore(long position) {
        return truncate(position, false);
    }

    /**
     * Removes the events that were committed before a time, as {@link #truncateBefore(long)} does.
     *
     * @param time the first to be kept was committed at it or later
     * @return what was removed, and what was in the way
     */
    public Truncation truncateBefore(Instant time) {
        return truncate(reads.firstSince(time), false);
    }

    /**
     * Removes the events before a position, whoever needs them. Whose hold is broken will find his
     * events gone; his hold stays where it was, and keeps later truncations from going on, until it
     * is released.
     *
     * @param position the first to be kept, 0 or more
     * @return what was removed, and which holds were broken
     * @throws io.varve.store.errors.VarveException as {@link #truncateBefore(long)}
     */
    public Truncation truncateBeforeRegardless(long position) {
        return truncate(position, true);
    }

    private Truncation truncate(long position, boolean regardless) {
        if (position < 0) {
            throw new IllegalArgumentException("Positions begin at 0: position=" + position);
        }
        long events = 0;
        long blocks = 0;
        Set<String> asked = new HashSet<>();
        while (true) {
            lock.lock();
            try {
                signal.checkOpen();
                holds.refresh(position, asked);
                List<Hold> inTheWay = holds.before(position);
                long to = regardless || inTheWay.isEmpty() ? position : inTheWay.get(0).position();
                LogFold slice = slices.fold(to);
                if (slice.blocks().isEmpty()) {
                    List<Hold> broken = regardless ? holds.before(firstPosition()) : List.of();
                    return new Truncation(
                            firstPosition(),
                            events,
                            blocks,
                            regardless ? List.of() : inTheWay,
                            broken);
                }
                slices.remove(slice);
                events += slice.events();
                blocks += slice.blocks().size();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Keeps events in the log: durable when it returns, and until it is moved or released. To move
     * it costs a commit; so it is moved now and then, not with each event.
     *
     * @param name of who needs them, 1 to 400 bytes of UTF-8; replaces an earlier hold of this name
     * @param position the first that is needed, from {@link #firstPosition()}
     * @throws io.varve.store.errors.EventsTruncatedException if that is gone already
     * @throws io.varve.store.errors.StoreFullException if there is no room; nothing was changed
     */
    public void hold(String name, long position) {
        Hold hold = new Hold(name, position);
        lock.lock();
        try {
            signal.checkOpen();
            holds.put(hold);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets somebody who is running be asked how far he is, before his hold keeps anything from
     * being removed; his hold is moved forward then, and set where there is none.
     *
     * @param name of the hold, 1 to 400 bytes of UTF-8
     * @param position tells the first position that is needed, 0 or more; called by the thread that
     *     truncates, as a rule once each time, and without using this object; nobody else can
     *     truncate or hold meanwhile. What it throws, or that it tells less than 0, ends the
     *     truncation, which has removed nothing more then
     * @return ends that; the hold stays
     * @throws io.varve.store.errors.HoldFollowedException if somebody is asked under this name
     *     already: one hold cannot keep what two need
     */
    public Following follow(String name, LongSupplier position) {
        Hold.checkName(name);
        Objects.requireNonNull(position, "position");
        return holds.follow(name, position);
    }

    /** The asking of one who is running, until it is closed. */
    public interface Following extends AutoCloseable {
        /** Ends it. Closing twice does nothing. */
        @Override
        void close();
    }

    /**
     * Removes a hold.
     *
     * @param name of the hold
     * @return whether there was one
     */
    public boolean release(String name) {
        Objects.requireNonNull(name, "name");
        lock.lock();
        try {
            signal.checkOpen();
            return holds.remove(name);
        } finally {
            lock.unlock();
        }
    }

    /**
     * All holds.
     *
     * @return the lowest first
     */
    public List<Hold> holds() {
        lock.lock();
        try {
            return holds.list();
        } finally {
            lock.unlock();
        }
    }
}
