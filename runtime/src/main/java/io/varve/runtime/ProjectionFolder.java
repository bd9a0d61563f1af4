package io.varve.runtime;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a projection is kept:
 *
 * <pre>
 *   FOLDER/NAME/catalogue              which generations there are; see {@link CatalogueText}
 *   FOLDER/NAME/catalogue.new          the next catalogue, until it is renamed
 *   FOLDER/NAME/catalogue.lock         held while the projection is hosted
 *   FOLDER/NAME/generation-2-v1/       a keyed state: generation 2, of version 1 of the definition;
 *                                      or several, see {@link PartitionFolders}
 *   FOLDER/NAME/generation-2-v1.snapshots/   see {@link Snapshots}
 *   FOLDER/NAME/generation-2-v1.set-aside/   one that was not gone on with
 *   FOLDER/NAME/generation-2-v1.failure      why its rebuild has failed; see {@link KeptFailure}
 *   FOLDER/NAME/deleted/               one of these that is being deleted; or the rest of it, until
 *                                      the next start, if its process was killed
 *   FOLDER/NAME/overlays/              what views of other times than now do not hold in memory; only
 *                                      while they are open
 *   FOLDER/NAME-1/                     version 1 as earlier versions of Varve kept it; moved into
 *                                      its place when it is needed
 * </pre>
 *
 * <p>The catalogue is what counts, and changes at once or not at all: folders it does not name are
 * left-overs. It names a generation before its folder is made, and none any more before its folder
 * is deleted.
 */
final class ProjectionFolder implements AutoCloseable {
    /** The name of the folder for what is computed for one who reads it. */
    static final String OVERLAYS = "overlays";

    private static final String DELETED = "deleted";
    private static final String CATALOGUE = "catalogue";
    private static final String LOCK = "catalogue.lock";
    private static final Pattern GENERATION =
            Pattern.compile("generation-([0-9]{1,9})-v([0-9]{1,9})");

    private final Path parent;
    private final Path folder;
    private final String projection;
    private final FileLocking lock;

    private ProjectionFolder(Path parent, String projection, FileLocking lock) {
        this.parent = parent;
        this.folder = parent.resolve(projection);
        this.projection = projection;
        this.lock = lock;
    }

    /**
     * Makes the folder where it is missing, and holds it.
     *
     * @throws StoreLockedException if somebody has it
     */
    static ProjectionFolder open(Path parent, String projection) {
        Path folder = parent.resolve(projection);
        try {
            DurableFolder.make(folder);
            if (Files.exists(folder.resolve("data.mdb"))) {
                throw new FolderRefusedException(
                        "The folder holds a read model as earlier versions of Varve kept it, of"
                                + " another projection",
                        folder,
                        "Start that projection once, which moves it; or delete what is in the folder:"
                                + " it is computed again.");
            }
            FileLocking lock = FileLocking.take(folder, LOCK);
            deleteLeft(folder);
            return new ProjectionFolder(parent, projection, lock);
        } catch (IOException e) {
            throw DurableFolder.failed("A folder could not be made", folder, e);
        }
    }

    /**
     * Sees that it is not the folder of an event store, nor inside that.
     *
     * @throws FolderRefusedException if it is; nothing was touched
     */
    static void checkApart(Path store, Path parent, String projection) {
        Path folder = real(parent).resolve(projection);
        if (folder.startsWith(real(store))) {
            throw new FolderRefusedException(
                    "The folder is that of the event store, or inside it: projection="
                            + projection
                            + " store="
                            + store,
                    folder,
                    "Keep read models in a folder beside that of the store, and delete nothing in"
                            + " this one: it is the log of events.");
        }
    }

    /** Without links, as far as there is something already. */
    private static Path real(Path path) {
        Path there = path.toAbsolutePath().normalize();
        Path missing = there.getFileSystem().getPath("");
        while (!Files.exists(there) && there.getParent() != null) {
            missing = there.getFileName().resolve(missing);
            there = there.getParent();
        }
        try {
            return there.toRealPath().resolve(missing).normalize();
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be looked at: path=" + path, e);
        }
    }

    /** What a process has left that was killed: nobody else is here. */
    private static void deleteLeft(Path folder) {
        try {
            DurableFolder.delete(folder.resolve(OVERLAYS));
            DurableFolder.delete(folder.resolve(DELETED));
        } catch (IOException e) {
            // It is in nobody's way but the disk's.
            Logs.of(ProjectionFolder.class)
                    .log(Level.WARNING, "What is left could not be deleted: folder=" + folder, e);
        }
    }

    Path path() {
        return folder;
    }

    Path of(GenerationId id) {
        return folder.resolve(id.folder());
    }

    /**
     * Reads the catalogue. One that is damaged or gone is made anew if there is no doubt.
     *
     * @return empty if there is none yet
     * @throws CatalogueDamagedException if there is doubt
     */
    Optional<Catalogue> read() {
        Path file = folder.resolve(CATALOGUE);
        try {
            boolean there = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            Optional<Catalogue> read =
                    there
                            ? CatalogueText.read(projection, Files.readAllBytes(file), file)
                            : Optional.empty();
            return read.isPresent() ? read : infer(there);
        } catch (IOException e) {
            throw new StoreIoException("A catalogue could not be read: path=" + file, e);
        }
    }

    private Optional<Catalogue> infer(boolean there) throws IOException {
        String why = there ? "the catalogue is damaged" : "there is no catalogue";
        List<GenerationId> found = generations();
        if (found.size() > 1) {
            throw new CatalogueDamagedException(projection, folder, why + " generations=" + found);
        }
        if (there || !found.isEmpty()) {
            Logs.of(ProjectionFolder.class)
                    .log(
                            Level.WARNING,
                            "Made anew from what is in the folder, because {0}: projection={1} generations={2}",
                            why,
                            projection,
                            found);
        }
        return found.stream().findFirst().map(Catalogue::of);
    }

    private List<GenerationId> generations() throws IOException {
        return generations(folder);
    }

    private static List<GenerationId> generations(Path folder) throws IOException {
        List<GenerationId> found = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return found; // deleted since it was opened
        }
        for (Path path : DurableFolder.list(folder)) {
            Matcher name = GENERATION.matcher(path.getFileName().toString());
            if (name.matches() && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                found.add(
                        new GenerationId(
                                Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))));
            }
        }
        return found;
    }

    /** Replaces the catalogue, which is on the disk then. */
    void write(Catalogue catalogue) {
        try {
            DurableFolder.make(folder); // it may have been deleted since it was opened
            DurableFolder.replace(
                    folder.resolve(CATALOGUE), CatalogueText.write(projection, catalogue));
        } catch (IOException e) {
            throw DurableFolder.failed(
                    "A catalogue could not be written", folder.resolve(CATALOGUE), e);
        }
    }

    /** Moves what earlier versions of Varve kept for a version into the place of a generation. */
    void adopt(GenerationId id) {
        Path old = old(id.version());
        if (isOldLayout(old) && !Files.exists(of(id))) {
            try {
                Files.move(old, of(id));
                DurableFolder.sync(folder);
                DurableFolder.sync(parent);
                Logs.of(ProjectionFolder.class)
                        .log(Level.INFO, "A read model was moved: from={0} to={1}", old, of(id));
            } catch (IOException e) {
                throw new StoreIoException("A read model could not be moved: path=" + old, e);
            }
        }
    }

    private Path old(int version) {
        return parent.resolve(projection + "-" + version);
    }

    private static boolean isOldLayout(Path old) {
        return Files.exists(old.resolve("varve.mark"), LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(old.resolve(CATALOGUE), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a version is kept as earlier versions of Varve did. */
    boolean hasOldLayout(int version) {
        return isOldLayout(old(version));
    }

    /** Deletes all generations but some. */
    void deleteOthers(Set<GenerationId> kept) {
        try {
            for (GenerationId id : generations()) {
                if (!kept.contains(id)) {
                    delete(id);
                }
            }
        } catch (IOException e) {
            // It is tried again at the next start, and is in nobody's way but the disk's.
            Logs.of(ProjectionFolder.class)
                    .log(
                            Level.WARNING,
                            "A generation that is no longer needed could not be deleted: folder="
                                    + folder,
                            e);
        }
    }

    /** Deletes a generation with what belongs to it. */
    private void delete(GenerationId id) throws IOException {
        // Itself last: where the process is killed meanwhile, the rest is found by it.
        for (String suffix :
                List.of(OpenPartition.SNAPSHOTS, StateOpening.ASIDE, KeptFailure.SUFFIX, "")) {
            DurableFolder.discard(folder.resolve(id.folder() + suffix), folder.resolve(DELETED));
        }
    }

    /** Whether a projection is kept in a folder. */
    static boolean isKept(Path folder) {
        try {
            return Files.exists(folder.resolve(CATALOGUE), LinkOption.NOFOLLOW_LINKS)
                    || !generations(folder).isEmpty();
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be read: path=" + folder, e);
        }
    }

    /** Deletes everything of one that nobody hosts, whatever it is worth. */
    void deleteWhole() {
        try {
            // A killed process must not leave half a generation to be taken for a whole one.
            read().map(Catalogue::deleted).ifPresent(this::write);
        } catch (CatalogueDamagedException e) {
            Logs.of(ProjectionFolder.class)
                    .log(Level.INFO, "Deleted all the same: {0}", e.getMessage());
        }
        deleteAll();
    }

    /** Deletes everything; it cannot be used after that. */
    void deleteAll() {
        try {
            for (GenerationId id : generations()) {
                delete(id);
            }
            for (String name : List.of(CATALOGUE, CATALOGUE + ".new", OVERLAYS, DELETED, LOCK)) {
                DurableFolder.delete(folder.resolve(name));
            }
            if (Files.isDirectory(folder) && DurableFolder.list(folder).isEmpty()) {
                DurableFolder.delete(folder);
                DurableFolder.sync(parent);
            }
        } catch (IOException e) {
            throw new StoreIoException("A read model could not be deleted: path=" + folder, e);
        }
    }

    /** Lets others have it. */
    @Override
    public void close() {
        lock.close();
    }
}
