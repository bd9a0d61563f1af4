package io.varve.samples.flights;

import io.varve.store.EventStore;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the flights sample keeps its data:
 *
 * <pre>
 *   data/store/                                  varve.lock
 *   data/store/log/                              data.mdb, lock.mdb, varve.sync
 *   data/store/index/                            data.mdb, lock.mdb, varve.sync
 *   data/read-models/NAME/                       catalogue, catalogue.lock
 *   data/read-models/NAME/generation-1-v1/       varve.lock, varve.mark, varve.sync, data.mdb, lock.mdb
 *   data/read-models/NAME-1/                     the same, as earlier versions of Varve kept it
 * </pre>
 */
final class DataFolder {
    private static final String LOCK = "varve.lock";
    private static final List<String> WRITTEN_BY_VARVE =
            List.of("data.mdb", "lock.mdb", "varve.mark", "varve.sync", LOCK);
    private static final List<String> CATALOGUE =
            List.of("catalogue", "catalogue.new", "catalogue.lock");
    private static final Pattern READ_MODEL = Pattern.compile(".+-v?[0-9]+");

    private final Path folder;

    DataFolder(Path folder) {
        this.folder = folder;
    }

    Path store() {
        return folder.resolve("store");
    }

    Path readModels() {
        return folder.resolve("read-models");
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    /**
     * Deletes the store and the read models, damaged ones as well, and nothing else.
     *
     * @return files in these two folders that are not known as Varve's, and were left
     * @throws StoreLockedException if somebody has any of it open; nothing was deleted
     * @throws IOException if something cannot be deleted
     */
    List<Path> clear() throws IOException {
        boolean hasStore = Files.exists(store().resolve(LOCK));
        List<Path> models = readModelFolders();
        // All of them before the first is deleted: a read model may be open while the store is not.
        if (hasStore) {
            checkNotInUse(() -> EventStore.open(store()).close());
        }
        for (Path model : models) {
            checkNotInUse(() -> StateEnvironment.open(StateConfig.at(model)).close());
        }
        if (hasStore) {
            deleteFiles(store().resolve("log"));
            deleteFiles(store().resolve("index"));
            deleteFiles(store());
        }
        for (Path model : models) {
            deleteFiles(model);
        }
        for (Path projection : entries(readModels())) {
            deleteFiles(projection, CATALOGUE);
        }
        deleteIfEmpty(readModels());
        return left();
    }

    /** A folder that Varve has had open has a lock file in it. */
    private List<Path> readModelFolders() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Path projection : entries(readModels())) {
            folders.add(projection);
            folders.addAll(entries(projection));
        }
        return folders.stream()
                .filter(model -> READ_MODEL.matcher(model.getFileName().toString()).matches())
                .filter(model -> Files.exists(model.resolve(LOCK)))
                .toList();
    }

    private static void checkNotInUse(Runnable openAndClose) {
        try {
            openAndClose.run();
        } catch (StoreLockedException e) {
            throw e;
        } catch (VarveException e) {
            // Damaged, and not in use: to be rid of such a store is what beginning anew is for.
            return;
        }
    }

    private static void deleteFiles(Path folder) throws IOException {
        deleteFiles(folder, WRITTEN_BY_VARVE);
    }

    private static void deleteFiles(Path folder, List<String> names) throws IOException {
        for (String name : names) {
            if (Files.isRegularFile(folder.resolve(name))) {
                Files.delete(folder.resolve(name));
            }
        }
        deleteIfEmpty(folder);
    }

    /** A link to a folder on another disk is the user's. */
    private static void deleteIfEmpty(Path folder) throws IOException {
        if (Files.isDirectory(folder)
                && !Files.isSymbolicLink(folder)
                && entries(folder).isEmpty()) {
            Files.delete(folder);
        }
    }

    private List<Path> left() throws IOException {
        List<Path> left = new ArrayList<>();
        for (Path part : List.of(store(), readModels())) {
            if (Files.isDirectory(part)) {
                try (Stream<Path> paths = Files.walk(part)) {
                    paths.filter(path -> !Files.isDirectory(path)).sorted().forEach(left::add);
                }
            }
        }
        return left;
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
