package io.varve.store;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.bytes.BytesView;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Verifies the file of a log that nobody writes: the structure of its pages, by plain reads; then,
 * only where that is sound and mapping it is safe, the row that names it and all its blocks. Writes
 * nothing. One thread.
 */
final class LogFileVerifier {
    private final Path folder;
    private final ProblemList problems;
    private final LogVerifier blocks;
    private long pages;
    private boolean begun;
    private Optional<StoreIdentity> identity = Optional.empty();

    LogFileVerifier(Path folder, ProblemList problems, ProgressMeter progress) {
        this.folder = folder;
        this.problems = problems;
        this.blocks = new LogVerifier(problems, progress);
    }

    void run() {
        runUpTo(-1, () -> {});
    }

    /** Does something when all up to a position was read, and reads on. */
    void runUpTo(long position, Runnable there) {
        begun = true;
        pages = StructureProblems.check(folder, problems, Kind.STRUCTURE);
        if (pages < 0) {
            return;
        }
        LmdbOptions options = new LmdbOptions(0, 2, false, Log.REMEDY);
        try (LmdbEnvironment environment = LmdbEnvironment.openToRead(folder, options)) {
            List<String> tables = environment.tableNames();
            Log.refuseForeign(tables, folder);
            if (!tables.contains("varve") || !tables.contains("blocks")) {
                problems.add(Kind.FILE, folder.toString(), "no log: tables=" + tables);
                return;
            }
            LmdbTable rows = environment.existingTable("varve");
            readIdentity(environment, rows);
            readBase(environment, rows);
            LmdbTable table = environment.existingTable("blocks");
            blocks.read(environment::reader, table, position);
            there.run();
            blocks.read(environment::reader, table, Long.MAX_VALUE - 1);
            blocks.end();
        } catch (VarveException e) {
            problems.add(Kind.FILE, folder.toString(), e);
        }
    }

    private void readBase(LmdbEnvironment environment, LmdbTable rows) {
        try (LmdbReader reader = environment.reader()) {
            blocks.begin(rows, reader);
        }
    }

    private void readIdentity(LmdbEnvironment environment, LmdbTable rows) {
        BytesView row = new BytesView();
        try (LmdbReader reader = environment.reader()) {
            if (reader.get(rows, Log.IDENTITY, row)) {
                identity = Optional.of(Log.readIdentity(row, folder));
            } else {
                problems.add(Kind.IDENTITY, folder.toString(), "the row that names it is missing");
            }
        } catch (VarveException e) {
            problems.add(Kind.IDENTITY, folder.toString(), e);
        }
    }

    /** Whether it was run, however far it came. */
    boolean isBegun() {
        return begun;
    }

    LogVerifier blocks() {
        return blocks;
    }

    /** Of the log, where it could be read. */
    Optional<StoreIdentity> identity() {
        return identity;
    }

    /** What was found, beside other files of some pages. */
    VerificationReport report(long otherPages) {
        return blocks.report(Math.max(0, pages) + otherPages);
    }
}
