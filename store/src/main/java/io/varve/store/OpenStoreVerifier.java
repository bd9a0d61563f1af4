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

    private boolean logIsDamaged;

    /** What came of looking at the structure of a file. */
    private enum Look {
        SOUND,
        /** It was too busy to be looked at, or could not be read. */
        NOT_SEEN,
        DAMAGED
    }

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
        Look logLook = look(log.environment(), Kind.STRUCTURE);
        logIsDamaged = logLook == Look.DAMAGED;
        if (logLook != Look.SOUND) {
            return;
        }
        boolean indexIsSound = look(index.environment, Kind.INDEX) == Look.SOUND;
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

    private Look look(LmdbEnvironment environment, Kind kind) {
        try {
            Structure found = check(environment);
            for (int i = 1; i < MOST_TRIES && found.transaction() < 0; i++) {
                found = check(environment);
            }
            long seen = StructureProblems.note(environment.folder(), found, problems, kind);
            pages += Math.max(0, seen);
            if (environment.isRefused()) {
                noteRefused(environment, found, kind);
                return Look.DAMAGED;
            }
            if (found.isSound()) {
                return Look.SOUND;
            }
            return found.transaction() < 0 ? Look.NOT_SEEN : Look.DAMAGED;
        } catch (IOException e) {
            problems.add(kind, environment.folder().toString(), "its file cannot be read: " + e);
            return Look.NOT_SEEN;
        }
    }

    /** It stays refused, whatever its file looks like now. */
    private void noteRefused(LmdbEnvironment environment, Structure found, Kind kind) {
        if (found.isSound()) {
            String what = "it was found damaged before, and is not used until it is opened again";
            problems.add(kind, environment.folder().toString(), what);
        }
    }

    /** Whom nobody uses any more, nobody writes. */
    private static Structure check(LmdbEnvironment environment) throws IOException {
        if (environment.isRefused()) {
            return StructureCheck.check(environment.folder());
        }
        try (LmdbReader reader = environment.reader()) {
            return StructureCheck.check(
                    environment.folder(), reader.transaction(), StructureCheck.Progress.NONE);
        }
    }
}
