package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.Structure;
import io.varve.store.lmdb.StructureCheck;
import java.io.IOException;
import java.util.Optional;

/**
 * Verifies a store while it is used, up to the head as of the beginning. The structure of each file
 * is checked as of one transaction, which is kept open meanwhile; blocks are read in short ones;
 * the index is compared in one. Where the log's beginning is truncated meanwhile, all is done
 * again. One thread.
 */
final class OpenStoreVerifier {
    /** A meta page is good for two commits; so often it may be missed. */
    private static final int MOST_TRIES = 100;

    private final Log log;
    private final LogIndex index;
    private final long head;
    private final ProblemList problems = new ProblemList(Log.REMEDY);
    private final LogVerifier blocks;
    private final ProgressMeter progress;
    private long pages;

    /** Or could not go on: then what is thrown is of the log. */
    private boolean readsLog;

    /** Of the file that was checked last: it was not only too busy to be checked. */
    private boolean isDamaged;

    private boolean logIsDamaged;

    private OpenStoreVerifier(Log log, LogIndex index, long head, ProgressListener listener) {
        this.log = log;
        this.index = index;
        this.head = head;
        progress = new ProgressMeter(listener, log.environment().fileBytes());
        blocks = new LogVerifier(problems, progress);
    }

    static VerificationReport verify(
            Log log, LogIndex index, long head, ProgressListener listener) {
        while (true) {
            Optional<LogBase> before = base(log);
            OpenStoreVerifier verifier = new OpenStoreVerifier(log, index, head, listener);
            verifier.run();
            if (verifier.logIsDamaged) {
                log.refuse();
            }
            if (verifier.logIsDamaged || base(log).equals(before)) {
                verifier.progress.end();
                if (verifier.problems.has(Kind.INDEX)) {
                    IndexDamage.note(index.folder());
                }
                return verifier.blocks.report(verifier.pages);
            }
        }
    }

    /** As committed, which readers are told a moment later; empty if that row is damaged. */
    private static Optional<LogBase> base(Log log) {
        try {
            return Optional.of(log.readBase());
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            return Optional.empty(); // the verification itself notes it
        }
    }

    private void run() {
        if (!checkStructure(log.environment(), Kind.STRUCTURE)) {
            logIsDamaged = isDamaged;
            return;
        }
        boolean indexIsSound = checkStructure(index.environment, Kind.INDEX);
        if (!indexIsSound) {
            index.refuse();
        }
        try (LmdbReader reader = log.metaReader()) {
            blocks.begin(log.meta(), reader);
        }
        if (indexIsSound) {
            tryToCompareIndex();
        }
        readLog(head);
        blocks.end();
    }

    /** What LMDB refuses of the index is noted, and the rest of the log is read all the same. */
    private void tryToCompareIndex() {
        try {
            compareIndex();
        } catch (VarveException e) {
            if (readsLog || e instanceof StoreClosedException) {
                throw e;
            }
            problems.add(Kind.INDEX, index.folder().toString(), e);
        }
    }

    private void compareIndex() {
        StoreVerifier.IndexComparison comparison =
                new StoreVerifier.IndexComparison(index.tables(), problems);
        long reached;
        try (LmdbReader reader = index.environment.reader()) {
            reached = comparison.state(reader).map(LogIndex.State::lastPosition).orElse(-1L);
        }
        // Most of the log is read before the transaction on the index is begun.
        readLog(reached);
        try (LmdbReader reader = index.environment.reader()) {
            Optional<LogIndex.State> state = comparison.state(reader);
            if (state.isPresent()) {
                readLog(state.get().lastPosition());
                comparison.compare(reader, state.get(), Optional.of(log.identity()), blocks);
            }
        }
    }

    private void readLog(long upTo) {
        readsLog = true;
        blocks.read(log.environment()::reader, log.blocks(), upTo);
        readsLog = false;
    }

    private boolean checkStructure(LmdbEnvironment environment, Kind kind) {
        try {
            Structure found = look(environment);
            for (int i = 1; i < MOST_TRIES && found.transaction() < 0; i++) {
                found = look(environment);
            }
            pages +=
                    Math.max(
                            0, StructureProblems.note(environment.folder(), found, problems, kind));
            isDamaged = found.transaction() >= 0 && !found.isSound();
            return found.isSound();
        } catch (IOException e) {
            problems.add(kind, environment.folder().toString(), "its file cannot be read: " + e);
            return false;
        }
    }

    private static Structure look(LmdbEnvironment environment) throws IOException {
        try (LmdbReader reader = environment.reader()) {
            return StructureCheck.check(
                    environment.folder(), reader.transaction(), StructureCheck.Progress.NONE);
        }
    }
}
