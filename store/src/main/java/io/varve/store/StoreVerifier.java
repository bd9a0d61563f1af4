package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.InsecureStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.CommitMode;
import io.varve.store.lmdb.FolderRights;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.PlainFile;
import io.varve.store.lmdb.Reopening;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.Structure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Verifies a store that nobody has open: its log, and its index against it. The index reaches up to
 * some position of the log; it is compared when the log was read up to there, and the log is read
 * on. Writes nothing but the lock. One thread.
 */
final class StoreVerifier {
    private static final int MOST_TABLES = 32;

    private final ProblemList problems = new ProblemList(Log.REMEDY);
    private final Path index;
    private final Path logFolder;
    private final LogFileVerifier log;
    private final ProgressMeter progress;

    private StoreVerifier(Path folder, ProgressListener listener) {
        index = folder.resolve("index");
        logFolder = folder.resolve("log");
        progress = new ProgressMeter(listener, size(logFolder));
        log = new LogFileVerifier(logFolder, problems, progress);
    }

    private static long size(Path folder) {
        try {
            return Files.size(folder.resolve("data.mdb"));
        } catch (IOException e) {
            return 0; // there is none; that is told when it is to be read
        }
    }

    static VerificationReport verify(Path folder, ProgressListener listener) {
        try {
            return StoreFolder.withLog(
                    folder,
                    StoreLock::takeToRead,
                    lock -> new StoreVerifier(lock.folder(), listener).run());
        } catch (FolderRefusedException
                | InsecureStoreException
                | StoreCorruptedException
                | IncompatibleStoreException e) {
            listener.progress(0, 0);
            ProblemList none = new ProblemList(Log.REMEDY);
            none.addWithRemedy(Kind.FILE, folder.toString(), e);
            return VerificationReport.ofNothing(none);
        }
    }

    private VerificationReport run() {
        List<VarveException> refused = FolderRights.refusals(logFolder);
        refused.forEach(e -> problems.addWithRemedy(Kind.FILE, logFolder.toString(), e));
        noteUnwritable(logFolder);
        if (!PlainFile.isOwn(logFolder.resolve("data.mdb"))) {
            progress.end();
            return log.report(0);
        }
        if (goesBack()) {
            progress.end();
            return log.report(0);
        }
        LostLog.checkContent(logFolder.getParent());
        LostLog.checkNoLog(index);
        long pages = pagesOfIndex();
        if (pages == 0) {
            log.run();
        } else {
            runWithIndex();
        }
        progress.end();
        return log.report(pages);
    }

    /** 0 where there is no index that can be compared. */
    private long pagesOfIndex() {
        Path data = index.resolve("data.mdb");
        Optional<FolderRefusedException> noIndex = StoreFolder.noIndex(index);
        if (noIndex.isPresent()) {
            problems.addWithRemedy(Kind.INDEX, index.toString(), noIndex.get());
            return 0;
        }
        List<VarveException> refused = FolderRights.refusals(index);
        refused.forEach(e -> problems.addWithRemedy(Kind.INDEX, index.toString(), e));
        noteUnwritable(index);
        if (refused.isEmpty()) {
            checkSyncs();
        }
        if (!isThere(data)) {
            problems.note("There is no index: opening the store builds it from the log: " + data);
        } else if (PlainFile.isOwn(data)) {
            return Math.max(0, StructureProblems.check(index, problems, Kind.INDEX));
        }
        return 0;
    }

    private boolean isThere(Path data) {
        try {
            return StoreFolder.isThere(data);
        } catch (StoreIoException e) {
            problems.addWithRemedy(Kind.INDEX, index.toString(), e);
            return true;
        }
    }

    /** An index is not opened whose file of syncs is damaged, but built again. */
    private void checkSyncs() {
        try {
            Reopening.mayGoBack(index);
        } catch (VarveException e) {
            problems.add(Kind.INDEX, index.toString(), e);
        }
    }

    /** Rights are no damage: somebody else may have them. */
    private void noteUnwritable(Path folder) {
        for (String name : new String[] {"", "data.mdb", "lock.mdb", "varve.sync", "varve.lock"}) {
            Path path = folder.resolve(name);
            if (Files.exists(path) && !Files.isWritable(path)) {
                problems.note("This user may not write it, nor open the store: " + path);
            }
        }
    }

    /**
     * Whether opening the log takes it back to its last sync. Then what is there now need not be
     * sound, and is nobody's concern.
     */
    private boolean goesBack() {
        Path syncs = logFolder.resolve("varve.sync");
        if (Files.exists(syncs, LinkOption.NOFOLLOW_LINKS) && !PlainFile.isOwn(syncs)) {
            return false; // that was told
        }
        LmdbOptions options = new LmdbOptions(0, 2, CommitMode.SYNCED, Log.REMEDY, LogProof::holds);
        try {
            Optional<Structure> synced = Reopening.goesBackTo(logFolder, options);
            synced.ifPresent(this::noteNotClosed);
            return synced.isPresent();
        } catch (VarveException e) {
            problems.addWithRemedy(Kind.FILE, logFolder.toString(), e);
            return false;
        }
    }

    private void noteNotClosed(Structure synced) {
        StructureProblems.note(logFolder, synced, problems, Kind.STRUCTURE);
        problems.add(
                Kind.NOT_CLOSED,
                logFolder.toString(),
                "the machine went down, or the disk was lost, while the log was open; opening it"
                        + " takes it back to its last sync",
                "Open the store once and close it; then verify it.");
    }

    /** Reads the log, whether or not the index can be read beside it. */
    private void runWithIndex() {
        try {
            compareIndex();
        } catch (VarveException e) {
            problems.add(Kind.INDEX, index.toString(), e);
        }
        if (!log.isBegun()) {
            log.run();
        }
    }

    private void compareIndex() {
        LmdbOptions options = new LmdbOptions(0, MOST_TABLES, false, IndexTable.REMEDY);
        try (LmdbEnvironment environment = LmdbEnvironment.openToRead(index, options)) {
            Map<String, LmdbTable> tables = new LinkedHashMap<>();
            environment.tableNames().forEach(t -> tables.put(t, environment.existingTable(t)));
            try (LmdbReader reader = environment.reader()) {
                IndexComparison comparison = new IndexComparison(tables, problems);
                Optional<LogIndex.State> state = comparison.state(reader);
                state.ifPresent(
                        found ->
                                log.runUpTo(
                                        found.lastPosition(),
                                        () -> compare(comparison, reader, found)));
            }
        }
    }

    /** What LMDB refuses here is of the index, and no reason not to read the rest of the log. */
    private void compare(IndexComparison comparison, LmdbReader reader, LogIndex.State state) {
        try {
            comparison.compare(reader, state, log);
        } catch (VarveException e) {
            problems.add(Kind.INDEX, index.toString(), e);
        }
    }

    /** Compares an index with a log that was read as far as it reaches. */
    record IndexComparison(Map<String, LmdbTable> tables, ProblemList problems) {
        /** Up to where the index reaches; empty if it is new, or cannot be compared. */
        Optional<LogIndex.State> state(LmdbReader reader) {
            LmdbTable meta = tables.get(LogIndex.META);
            BytesView row = new BytesView();
            try {
                if (meta == null || !reader.get(meta, LogIndex.State.KEY, row)) {
                    checkNew(reader);
                    return Optional.empty();
                }
                new RowChecksum(IndexTable.REMEDY)
                        .check(LogIndex.META, LogIndex.State.KEY, row, row);
                return Optional.of(LogIndex.State.read(row));
            } catch (VarveException | IllegalArgumentException e) {
                problems.add(Kind.INDEX, "table=varve", e);
                return Optional.empty();
            }
        }

        /** Only an index without rows need not say how far it reaches. */
        private void checkNew(LmdbReader reader) {
            if (!LogIndex.isEmpty(tables, reader)) {
                problems.add(
                        Kind.INDEX, "table=varve", "the row that says how far it reaches is gone");
            }
        }

        private void lost(String what, String remedy) {
            problems.add(Kind.CHAIN, "log", what, remedy);
        }

        void compare(LmdbReader reader, LogIndex.State state, LogFileVerifier log) {
            compare(reader, state, log.identity(), log.blocks());
        }

        void compare(
                LmdbReader reader,
                LogIndex.State state,
                Optional<StoreIdentity> identity,
                LogVerifier log) {
            if (!log.isUnbroken()) {
                return; // the log is no measure for the index then, and that was told
            }
            if (state.lastPosition() < log.start() - 1) {
                return; // it has not come to where the log begins: opening builds it again
            }
            if (identity.isPresent() && !identity.get().equals(state.identity())) {
                problems.add(
                        Kind.INDEX,
                        "identity",
                        IndexOrigin.what(state.identity(), identity.get()),
                        IndexOrigin.REMEDY);
            } else if (log.head() < state.lastPosition()) {
                lost(IndexReach.endsEarly(state, log.head()), IndexReach.REMEDY);
            } else if (log.head() != state.lastPosition() || log.chain() != state.chain()) {
                problems.add(
                        Kind.INDEX,
                        "position=" + state.lastPosition(),
                        "no block of the log ends there with the chain hash that it remembers");
            } else {
                new IndexVerifier(tables, log.tally(), log.start(), problems).compare(reader);
            }
        }
    }
}
