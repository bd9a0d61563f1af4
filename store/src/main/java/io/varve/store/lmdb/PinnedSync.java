package io.varve.store.lmdb;

import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Pin and restore: brings commits to the disk some time after they were made, so that a crash of
 * the machine goes back to one of them, whole.
 *
 * <p>LMDB does not write over pages of a transaction that somebody reads. So of each transaction
 * {@code T} that is synced a reader, the pin, is kept until a later one is on disk:
 *
 * <pre>
 *   1  between two commits   open a reader of T; read T's meta page from the file
 *   2  while others commit   sync the data file: every page of T is on disk
 *   3                        write T's meta page to the other slot of {@link SyncFile}, sync it
 *   4                        let the pin before go
 * </pre>
 *
 * <p>At any moment the newest whole slot names a transaction that is on disk and pinned; {@link
 * Reopening} puts its meta page back where the machine has crashed. If a sync fails nothing is
 * written any more, neither here nor to the environment.
 */
final class PinnedSync implements CommitSync {
    /** What has just been done. */
    enum Step {
        CAPTURED,
        DATA_SYNCED,
        SLOT_WRITTEN,
        SLOT_SYNCED,
        PIN_DROPPED
    }

    /** For tests that see whether they would notice. */
    enum Mistake {
        NONE,
        SLOT_FIRST,
        PIN_DROPPED_EARLY,
        NO_PIN
    }

    /** Reached by tests alone. */
    static volatile Mistake mistake = Mistake.NONE;

    static volatile Consumer<Step> observer = step -> {};

    private final LmdbEnvironment environment;
    private final SyncSchedule schedule;
    private final ReentrantLock syncing = new ReentrantLock();
    private final Consumer<Step> steps = observer;
    private final Mistake wrong = mistake;
    private final ClosingSum closingSum;
    private final StoreIoException unheard;
    private final SyncFile file;
    private Capture pinned;
    private byte[] tag;
    private SyncListener listener;

    // Made ahead: where there is no memory for them a captured transaction would stay pinned.
    private final Runnable capturing = this::captureNext;
    private final Runnable writing = this::syncNext;
    private Capture next;

    /** Whether the disk was asked to keep what is written, and its answer has not come. */
    private boolean isUnheard;

    /** A transaction that is to be synced, or that was. */
    private record Capture(LmdbReader pin, MetaPage meta, byte[] tag) {}

    /** Until its user listens: what was known to be in a transaction is in every later one. */
    private record Silent(byte[] known) implements SyncListener {
        @Override
        public byte[] tag(LmdbReader reader) {
            return known;
        }

        @Override
        public void synced(byte[] tag) {}

        @Override
        public void failed(VarveException why) {}
    }

    PinnedSync(
            LmdbEnvironment environment,
            Duration interval,
            Optional<SyncState> before,
            ClosingSum closingSum) {
        this.environment = environment;
        this.closingSum = closingSum;
        // Made ahead: there is no memory for it when it is needed.
        this.unheard =
                new StoreIoException(
                        "Memory ran out in the midst of a sync: path=" + environment.folder(),
                        new IOException("what the disk answered was not heard"));
        this.tag = before.map(SyncState::tag).orElse(new byte[0]);
        this.listener = new Silent(tag);
        this.schedule = new SyncSchedule(environment.folder(), interval, this::sync);
        Capture first = capture();
        environment.syncNative();
        steps.accept(Step.DATA_SYNCED);
        file = SyncFile.open(environment.folder(), SyncState.PINNED, first.meta(), first.tag());
        steps.accept(Step.SLOT_SYNCED);
        pinned = first;
        schedule.start();
    }

    void listen(SyncListener newListener) {
        syncing.lock();
        try {
            listener = newListener;
        } finally {
            syncing.unlock();
        }
    }

    /** Called between two commits, under the write lock. */
    private Capture capture() {
        if (environment.map().isGone()) {
            throw new StoreIoException(
                    "The map is gone: path=" + environment.folder(),
                    new IllegalStateException("it could not be made larger"));
        }
        environment.files().checkNow();
        LmdbReader pin = environment.pin();
        try {
            long transaction = pin.transaction();
            MetaPage meta = DataFile.meta(environment.folder(), (int) (transaction & 1));
            if (!meta.isMeta() || meta.transaction() != transaction) {
                throw new StoreCorruptedException(
                        "the newest meta page is not of the newest transaction="
                                + transaction
                                + " path="
                                + environment.folder(),
                        "Close the store and open it again.");
            }
            byte[] noted = listener.tag(pin);
            if (wrong == Mistake.NO_PIN) {
                pin.destroy();
            }
            return new Capture(pin, meta, noted);
        } catch (RuntimeException | Error e) {
            pin.destroy();
            throw e;
        }
    }

    @Override
    public void sync() {
        syncing.lock();
        try {
            noting(capturing);
            awaitLeave(next);
            noting(writing);
        } finally {
            syncing.unlock();
        }
    }

    private void captureNext() {
        schedule.checkFailure();
        next = captureBetweenCommits();
    }

    private void syncNext() {
        sync(next);
    }

    private void noting(Runnable work) {
        try {
            work.run();
        } catch (LimitExceededException e) {
            schedule.putOff(); // no slot for the pin: nothing was touched, all stays as last synced
            throw e;
        } catch (RuntimeException | Error e) {
            if (LackOfMemory.isCauseOf(e)) {
                outOfMemory();
            } else if (e instanceof VarveException known) {
                failed(known);
            } else {
                failed(new StoreIoException("A sync failed: path=" + environment.folder(), e));
            }
            throw e;
        }
    }

    /**
     * All stays as last synced, and it is tried again when there may be memory. But for what the
     * disk has said: that was not heard, and it says it once.
     */
    private void outOfMemory() {
        if (isUnheard) {
            failed(unheard);
        } else {
            schedule.putOff();
        }
    }

    /** Its user may have something to do first; if he cannot, all stays as last synced. */
    private void awaitLeave(Capture capture) {
        try {
            listener.beforeSync(capture.tag());
        } catch (RuntimeException | Error e) {
            drop(capture);
            schedule.putOff();
            throw e;
        }
    }

    /**
     * Goes inside when it is its turn, and not before: growing has the turn and waits for all who
     * are inside.
     */
    @Override
    public void sync(Gate gate) {
        syncing.lock();
        try {
            CommitSync.super.sync(gate);
        } finally {
            syncing.unlock();
        }
    }

    private void failed(VarveException e) {
        try {
            listener.failed(e); // first, so that he knows more than those who are refused
        } finally {
            schedule.failed(e);
        }
    }

    private Capture captureBetweenCommits() {
        schedule.capturing();
        environment.writeLock().lock();
        try {
            Capture capture = capture();
            schedule.captured();
            return capture;
        } finally {
            environment.writeLock().unlock();
        }
    }

    private void sync(Capture capture) {
        try {
            steps.accept(Step.CAPTURED);
            if (wrong == Mistake.PIN_DROPPED_EARLY) {
                drop(pinned);
            }
            if (wrong == Mistake.SLOT_FIRST) {
                writeSlot(capture);
            }
            isUnheard = true;
            environment.syncNative();
            isUnheard = false;
            steps.accept(Step.DATA_SYNCED);
            if (wrong != Mistake.SLOT_FIRST) {
                writeSlot(capture);
            }
        } catch (RuntimeException | Error e) {
            drop(capture);
            throw e;
        }
        if (wrong != Mistake.PIN_DROPPED_EARLY) {
            drop(pinned);
        }
        pinned = capture;
        tag = capture.tag();
        steps.accept(Step.PIN_DROPPED);
        schedule.synced();
        listener.synced(tag);
    }

    private void writeSlot(Capture capture) {
        try {
            file.put(SyncState.PINNED, capture.meta(), capture.tag());
            steps.accept(Step.SLOT_WRITTEN);
            file.force();
            steps.accept(Step.SLOT_SYNCED);
        } catch (IOException e) {
            throw SyncFile.refused(environment.folder(), e);
        }
    }

    private void drop(Capture capture) {
        if (wrong != Mistake.NO_PIN) {
            capture.pin().destroy();
        }
    }

    @Override
    public void awaitRoom() {
        schedule.awaitRoom();
    }

    @Override
    public void committed(long bytes) {
        schedule.committed(bytes);
    }

    /** Nobody may read while the map moves: so all is brought to the disk, and pinned anew. */
    @Override
    public void resize(Runnable move) {
        syncing.lock();
        environment.writeLock().lock();
        try {
            sync(); // if that is refused, what is pinned stays so
            moveUnpinned(move);
        } finally {
            environment.writeLock().unlock();
            syncing.unlock();
        }
    }

    private void moveUnpinned(Runnable move) {
        drop(pinned);
        try {
            move.run();
        } finally {
            if (!environment.map().isGone()) {
                pinAgain();
            }
        }
    }

    private void pinAgain() {
        LmdbReader pin = environment.pin();
        if (wrong == Mistake.NO_PIN) {
            pin.destroy();
        }
        pinned = new Capture(pin, pinned.meta(), pinned.tag());
    }

    @Override
    public void stop() {
        schedule.stop();
        schedule.checkFailure();
        sync();
    }

    @Override
    public void release() {
        drop(pinned);
    }

    @Override
    public void ended() {
        try (file) {
            if (environment.isGone() || environment.gate().isRefused()) {
                return; // with what there was to be marked, or it is damaged
            }
            MetaPage newest = DataFile.newestMeta(environment.folder());
            if (!schedule.hasFailed() && newest.transaction() == pinned.meta().transaction()) {
                file.writeClosed(newest, tag, closingSum);
            }
        } catch (IOException | RuntimeException e) {
            // Then it counts as not closed, which costs a check at the next opening.
            Logs.of(PinnedSync.class)
                    .log(Level.WARNING, "An environment could not be marked as closed", e);
        }
    }
}
