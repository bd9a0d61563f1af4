package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderLock;
import io.varve.store.lmdb.HotCopy;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import io.varve.store.lmdb.Structure;
import io.varve.store.lmdb.StructureCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A copy of keyed state as of one instant: a data file in a folder of its own. It is not changed
 * where it lies: {@link #view} reads it, {@link #install} makes an environment of it.
 *
 * @param folder with the file {@code data.mdb} in it
 * @param checkpoint that it holds, if it holds one
 * @param bytes of the file
 * @param sha256 of the file, 64 lower-case hexadecimal digits
 */
public record StateCopy(Path folder, Optional<Checkpoint> checkpoint, long bytes, String sha256) {
    /** The name of the file. */
    public static final String FILE = "data.mdb";

    private static final String REMEDY = "Use another copy, or derive the state from its log.";
    private static final int MOST_TABLES = 1024;
    private static final int BUFFER = 1 << 18;

    /**
     * Refuses what cannot be a copy.
     *
     * @param folder see the record
     * @param checkpoint see the record
     * @param bytes see the record
     * @param sha256 see the record
     */
    public StateCopy {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(checkpoint, "checkpoint");
        if (bytes < 1 || !sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("bytes=" + bytes + " sha256=" + sha256);
        }
    }

    static StateCopy make(LmdbEnvironment environment, Path folder) {
        return make(folder, real -> HotCopy.make(environment, real));
    }

    static StateCopy make(LmdbEnvironment environment, Path folder, Runnable taken) {
        return make(folder, real -> HotCopy.make(environment, real, taken));
    }

    private static StateCopy make(Path folder, Consumer<Path> copying) {
        DurableFiles.checkEmpty(folder);
        Path real = FolderLock.makeFolder(folder);
        try {
            copying.accept(real);
            return read(real);
        } catch (IOException e) {
            deleteQuietly(real);
            throw DurableFiles.failed("copying state", folder, e);
        } catch (RuntimeException | Error e) {
            deleteQuietly(real);
            throw e;
        }
    }

    /** Copies what a view shows, by way of an environment in files, made for that. */
    static StateCopy make(StateView view, Set<String> tables, Path folder) {
        Path building = folder.resolveSibling("." + folder.getFileName() + ".building");
        deleteQuietly(building); // a killed process may have left one
        DurableFiles.checkEmpty(building);
        StateConfig config = StateConfig.at(building).withTables(tables.toArray(String[]::new));
        try (StateEnvironment twin = StateEnvironment.open(config)) {
            try (StateTransaction transaction = twin.begin()) {
                tables.forEach(name -> copy(view.table(name), transaction.table(name)));
                view.checkpoint().ifPresent(transaction::checkpoint);
                transaction.commit();
            }
            return twin.copyTo(folder);
        } finally {
            deleteQuietly(building);
        }
    }

    private static void copy(ReadOnlyTable from, Table to) {
        BytesView all = BytesView.of(new byte[0]);
        from.scan(
                all,
                all,
                (key, value) -> {
                    to.put(key, value);
                    return true;
                });
    }

    /**
     * Holds the file against its length and sum, which reads all of it.
     *
     * @throws StoreCorruptedException if the copy is not what it was
     * @throws io.varve.store.errors.StoreIoException if it cannot be read
     */
    public void check() {
        try {
            checkSum(copy(folder.resolve(FILE), OutputStream.nullOutputStream()), folder);
        } catch (IOException e) {
            throw DurableFiles.failed("reading a copy of state", folder, e);
        }
    }

    /**
     * Reads the copy where it lies. The file may be deleted meanwhile, but not changed.
     *
     * @param tables those that may be asked for; one that the copy lacks has no rows
     * @return a view of a copy that {@link #check} has found right; close it
     */
    public StateView view(Set<String> tables) {
        return CopyView.open(folder, tables);
    }

    /** Reads all of a copy that was just made: what is damaged was so before. */
    private static StateCopy read(Path folder) throws IOException {
        checkStructure(folder);
        LmdbOptions options = new LmdbOptions(1 << 20, MOST_TABLES, false, REMEDY);
        Optional<Checkpoint> checkpoint = Optional.empty();
        try (LmdbEnvironment copy = LmdbEnvironment.openToRead(folder, options)) {
            for (String name : copy.tableNames()) {
                LmdbTable table = copy.existingTable(name);
                try (LmdbReader reader = copy.reader()) {
                    checkRows(reader, table);
                    if (name.equals(LmdbStateEnvironment.META)) {
                        checkpoint = checkpoint(reader, table);
                    }
                }
            }
        }
        Path file = folder.resolve(FILE);
        String sum = copy(file, OutputStream.nullOutputStream());
        return new StateCopy(folder, checkpoint, Files.size(file), sum);
    }

    private static void checkStructure(Path folder) throws IOException {
        Structure found = StructureCheck.check(folder);
        if (!found.isSound()) {
            throw new StoreCorruptedException(
                    "the copy's pages do not fit together: path="
                            + folder
                            + " problem="
                            + found.problems().get(0),
                    REMEDY);
        }
    }

    private static void checkRows(LmdbReader reader, LmdbTable table) {
        RowChecksum checksum = new RowChecksum(REMEDY);
        BytesView key = new BytesView();
        BytesView row = new BytesView();
        try (LmdbCursor cursor = reader.openCursor(table)) {
            for (boolean found = cursor.first(); found; found = cursor.next()) {
                cursor.key(key);
                cursor.value(row);
                checksum.check(table.name(), key, row, row);
            }
        }
    }

    private static Optional<Checkpoint> checkpoint(LmdbReader reader, LmdbTable meta) {
        BytesView value = new BytesView();
        return reader.get(meta, CheckpointRow.KEY, value)
                ? Optional.of(CheckpointRow.read(new RowChecksum(REMEDY), value))
                : Optional.empty();
    }

    /**
     * Makes an environment of the copy, which stays as it is. The file is held against its length
     * and sum, and its structure is checked; the folder is there whole or not at all.
     *
     * @param target of the environment: missing, or empty
     * @throws StoreCorruptedException if the copy is not what it was
     * @throws FolderRefusedException if something is in the folder
     * @throws io.varve.store.errors.StoreFullException if there is no room
     */
    public void install(Path target) {
        DurableFiles.checkEmpty(target);
        Path parent = FolderLock.makeFolder(target.toAbsolutePath().getParent());
        Path making = parent.resolve("." + target.getFileName() + ".installing");
        try {
            DurableFiles.delete(making); // left by one that was killed
            // Its name need not be on the disk: it gets another, and what is left is deleted.
            Files.createDirectory(making, FolderLock.owner(making, "rwx------"));
            StateMark.of(making);
            fill(making.resolve(FILE));
            HotCopy.adopt(making);
            DurableFiles.sync(making);
            DurableFiles.publish(making, parent.resolve(target.getFileName()));
        } catch (IOException e) {
            deleteQuietly(making);
            throw DurableFiles.failed("installing a copy of state", target, e);
        } catch (RuntimeException | Error e) {
            deleteQuietly(making);
            throw e;
        }
    }

    private void fill(Path file) throws IOException {
        Files.createFile(file, FolderLock.owner(file, "rw-------"));
        String found;
        try (OutputStream out = Files.newOutputStream(file)) {
            found = copy(folder.resolve(FILE), out);
        }
        checkSum(found, file.getParent());
        DurableFiles.sync(file);
    }

    private void checkSum(String found, Path where) throws IOException {
        long size = Files.size(where.resolve(FILE));
        if (!found.equals(sha256) || size != bytes) {
            throw new StoreCorruptedException(
                    "a copy of state is not what it was: path="
                            + folder
                            + " bytes="
                            + size
                            + " sha256="
                            + found
                            + " expected bytes="
                            + bytes
                            + " sha256="
                            + sha256,
                    REMEDY);
        }
    }

    private static String copy(Path from, OutputStream to) throws IOException {
        MessageDigest sum = newDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(from)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
                to.write(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has it", e);
        }
    }

    static void deleteQuietly(Path folder) {
        try {
            DurableFiles.delete(folder);
        } catch (IOException e) {
            // What is thrown says more; what is left is deleted the next time.
            Logs.of(StateCopy.class)
                    .log(Level.DEBUG, "What was begun could not be deleted: path=" + folder, e);
        }
    }
}
