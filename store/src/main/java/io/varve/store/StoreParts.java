package io.varve.store;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.LmdbErrors;
import io.varve.store.lmdb.Reopening;
import io.varve.store.lmdb.Structure;
import io.varve.store.lmdb.Uninterrupted;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts a store together, and takes it apart.
 *
 * <pre>
 *   folder/varve.lock     who has it open; in the two folders as well
 *   folder/log/           the truth
 *   folder/index/         derived from the log: deleted and built again when it does not belong to it
 * </pre>
 */
final class StoreParts implements AutoCloseable {
    private final StoreLock lock;
    private final Log log;
    private final LogIndex index;
    private final StreamDirectory directory;
    private final NoteDirectory notes;
    private final CommitSignal signal;
    private final CommitNotifier notifier;
    private final IndexMerger merger;
    private final UnmergedStreams unmerged;
    private final LogAppender appender;
    private final LogReads reads;
    private final Retention retention;
    private final LogSeals seals;
    private final ReentrantLock closing = new ReentrantLock();
    private final Insistence insistence;

    // Made ahead: there may be no memory for them when it is closed.
    private final AtomicInteger partsOpen = new AtomicInteger(2);
    private final Runnable partClosed = this::partClosed;
    private final Runnable partStuck = this::partStuck;
    private final Runnable tryingToClose = this::tryToClose;
    private final Runnable waitingToClose = closing::lock;
    private boolean closed;
    private boolean givingBack;

    private StoreParts(StoreConfig config, StoreLock lock, Log log, LogIndex index) {
        this.lock = lock;
        this.log = log;
        this.index = index;
        insistence = new Insistence("closing path=" + config.path());
        signal = new CommitSignal("path=" + config.path());
        notifier = new CommitNotifier(signal);
        directory = new StreamDirectory(index);
        notes = new NoteDirectory(index);
        merger =
                new IndexMerger(
                        index, log.identity(), this::exclusively, this::trim, this::ensureDurable);
        unmerged = new UnmergedStreams(directory, notes, merger, config.mergeEvents());
        LogCommitter committer =
                new LogCommitter(log, directory, notes, unmerged, signal, config.clock());
        appender = new LogAppender(config, committer);
        reads = new LogReads(log, index, directory, notes, signal);
        seals = new LogSeals(log, directory, signal, committer.sha(), this::exclusively);
        LogChange change = new LogChange(log, appender);
        retention =
                new Retention(
                        log,
                        reads,
                        new LogTruncation(log, change, new IndexBase(index), directory),
                        new HoldTable(log, change),
                        signal);
        recover(config, committer);
    }

    StoreMetrics metrics(EventStore store) {
        return StoreMetrics.of(
                store, directory.streamCount(), log.environment(), index.environment);
    }

    private void exclusively(Runnable action) {
        appender.withLock(action);
    }

    private void ensureDurable(long position) {
        log.durable().ifPresent(durable -> durable.ensure(position));
    }

    private void trim(AppendNotes merged) {
        notes.trim(merged);
        directory.dropAtRest();
    }

    private void recover(StoreConfig config, LogCommitter committer) {
        LogIndex.State merged =
                index.state().orElse(new LogIndex.State(log.identity(), -1, 0, 0, 0));
        directory.begin(merged.streamCount(), index.types());
        Recovery recovery =
                new Recovery(log, directory, notes, unmerged, merger, config.mergeEvents());
        if (merged.lastPosition() >= log.base().firstPosition()) {
            // It has something of its own beside the log's base, which could be wrong.
            IndexTail.check(index, log);
            recovery.beside(index);
        }
        Recovery.End end = recovery.run(merged);
        committer.begin(end.chain(), end.commitTimeMillis());
        new TamperEvidence(log, directory).begin(committer.sha(), config.tamperEvidence());
        if (end.head() >= 0) {
            signal.advance(end.head());
        }
        merger.start();
    }

    static StoreParts open(StoreConfig config) {
        try {
            return Uninterrupted.call(() -> openHere(config));
        } catch (LinkageError e) {
            throw LmdbErrors.notLoaded(e, config.path()); // a native one, or Java's own for files
        }
    }

    private static StoreParts openHere(StoreConfig config) {
        if (config.createIfMissing()) {
            StoreFolder.refuseOther(config.path());
        } else {
            StoreFolder.checkStore(config.path());
        }
        StoreLock lock = StoreLock.take(config.path());
        try {
            Path folder = lock.folder();
            Path derived = folder.resolve("index");
            StoreFolder.checkIndex(derived);
            if (config.createIfMissing()) {
                LostLog.checkFile(folder); // before a folder is made for its lock
            } else {
                StoreFolder.checkLog(folder);
            }
            lock.takeParts();
            Optional<Structure> seen = Reopening.lookAhead(derived);
            Log log = LostLog.open(folder, () -> log(config, folder));
            try {
                return open(config, lock, log, derived, seen);
            } catch (RuntimeException | Error e) {
                log.close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static Log log(StoreConfig config, Path folder) {
        return new Log(folder.resolve("log"), config.initialMapBytes(), config.durability());
    }

    /** Opens; where that finds the index damaged, with another that is built from the log, once. */
    private static StoreParts open(
            StoreConfig config, StoreLock lock, Log log, Path derived, Optional<Structure> seen) {
        try {
            return open(config, lock, log, begun(openIndex(log, derived, seen), log, derived));
        } catch (StoreCorruptedException e) {
            if (!IndexDamage.isNoted(derived)) {
                throw e; // of the log
            }
            Logs.of(StoreParts.class).log(Level.DEBUG, "What is wrong with the index", e);
        }
        LogIndex index = openIndex(log, derived, Optional.empty());
        return open(config, lock, log, begun(index, log, derived));
    }

    private static StoreParts open(StoreConfig config, StoreLock lock, Log log, LogIndex index) {
        try {
            return new StoreParts(config, lock, log, index);
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
    }

    /** An index that is new beside a truncated log begins with what the log's base tells. */
    static LogIndex begun(LogIndex index, Log log, Path folder) {
        if (index.state().isPresent() || log.base().firstPosition() == 0) {
            return index;
        }
        try {
            new IndexBase(index).fill(log);
        } finally {
            index.close();
        }
        return new LogIndex(folder);
    }

    private static LogIndex openIndex(Log log, Path folder, Optional<Structure> seen) {
        if (IndexDamage.isNoted(folder)) {
            // What it can be trusted to say is heard first: it may be the one witness of a loss.
            IndexReach.of(folder).ifPresent(reach -> IndexRebuild.checkNothingLost(reach, log));
            return madeAnew(folder, "The index was found damaged while it was used, and");
        }
        LogIndex index = openOrMake(folder, seen);
        Optional<String> differs;
        try {
            differs = IndexOrigin.differs(index, log);
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
        if (differs.isEmpty()) {
            return index;
        }
        index.close();
        return madeAnew(folder, differs.get() + ", and");
    }

    private static LogIndex madeAnew(Path folder, String why) {
        LostLog.checkNoLog(folder);
        Logs.of(StoreParts.class)
                .log(Level.WARNING, "{0} is built again from the log: path={1}", why, folder);
        delete(folder);
        return new LogIndex(folder);
    }

    private static LogIndex openOrMake(Path folder, Optional<Structure> seen) {
        try {
            return new LogIndex(folder, seen);
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            Logs.of(StoreParts.class).log(Level.DEBUG, "What is wrong with the index", e);
            return madeAnew(folder, "The index is damaged, and");
        }
    }

    private static void delete(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve("data.mdb"));
            Files.deleteIfExists(folder.resolve("varve.sync")); // it may be what is damaged
            IndexDamage.forget(folder);
        } catch (IOException e) {
            throw new StoreIoException("An index could not be deleted: path=" + folder, e);
        }
    }

    Log log() {
        return log;
    }

    VerificationReport verify(ProgressListener listener) {
        signal.checkOpen();
        return OpenStoreVerifier.verify(log, index, signal.head(), listener);
    }

    CommitSignal signal() {
        return signal;
    }

    CommitNotifier notifier() {
        return notifier;
    }

    LogAppender appender() {
        return appender;
    }

    LogReads reads() {
        return reads;
    }

    LogSeals seals() {
        return seals;
    }

    Retention retention() {
        return retention;
    }

    /**
     * Who closes while another does, waits for him: the store is closed when any close returns. For
     * lack of memory each step may be cut short, and is done again, now or when it is closed again.
     */
    @Override
    public void close() {
        appender.checkNotCommitting(); // or it would be half closed under the commit
        insistence.run(waitingToClose); // who waits for a lock takes memory
        try {
            if (!closed) {
                insistence.run(tryingToClose);
            }
            if (lock.isKept()) {
                throw lock.keep(); // each time: it is not closed, and never will be
            }
        } finally {
            closing.unlock();
        }
    }

    private void tryToClose() {
        closed = true;
        try {
            closeParts();
        } catch (RuntimeException | Error e) {
            closed = !LackOfMemory.isCauseOf(e);
            throw e;
        }
    }

    private void closeParts() {
        appender.close();
        signal.close();
        merger.close();
        try {
            bringIndexUpToDate();
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            // Nothing is lost: what the index lacks is read from the log at the next opening. What
            // the error advises is for one whose file is not derived.
            Logs.of(StoreParts.class)
                    .log(
                            Level.WARNING,
                            "Closed without bringing the index up to date; the next opening does that from"
                                    + " the log, and nothing is to be done: {0}",
                            e.what());
        } catch (StoreFullException e) {
            Logs.of(StoreParts.class)
                    .log(Level.WARNING, "Closed without bringing the index up to date", e);
        } catch (RuntimeException | Error e) {
            if (!LackOfMemory.isCauseOf(e)) {
                throw e;
            }
            // The next opening brings it up to date, and there may be no memory to say so.
        } finally {
            giveBack();
        }
    }

    private void bringIndexUpToDate() {
        if (givingBack) {
            return; // that was cut short, and all before it was done
        }
        if (index.environment.isGone()) {
            Logs.of(StoreParts.class)
                    .log(
                            Level.WARNING,
                            "The index was deleted while the store was open; the next opening builds it from"
                                    + " the log, and nothing is to be done: path={0}",
                            index.folder());
        } else if (!unmerged.isEmpty() && !appender.hasFailed()) {
            // Where it has, what is in memory may be ahead of the head: names without their events.
            merger.merge(unmerged.take());
        }
    }

    /**
     * Gives the folder back, at once or when the last reader has ended: two environments of one
     * process on one file would take each other's locks away.
     */
    private void giveBack() {
        givingBack = true;
        try {
            index.close(partClosed, partStuck);
        } finally {
            log.close(partClosed, partStuck);
        }
        if (partsOpen.get() == 0) {
            lock.close(); // where that was cut short before
        }
    }

    /** Also where that is found after closing has returned: nobody in the process gets it again. */
    private void partStuck() {
        lock.keep();
    }

    private void partClosed() {
        if (partsOpen.decrementAndGet() == 0) {
            lock.close();
        }
    }
}
