package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateCopy;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The snapshots of a projection, or of one partition of it, in a folder of their own:
 *
 * <pre>
 *   FOLDER/00000000000000041999-v2-9f86d081/   position, version and fingerprint of the definition
 *       data.mdb                               see StateCopy
 *       manifest                               see SnapshotManifest
 *   FOLDER/.making/                            one that is being made, until it is renamed; or the
 *                                              rest of one whose making was interrupted
 *   FOLDER/.discarded/                         likewise one that is being deleted
 * </pre>
 *
 * <p>A snapshot has its name when it is whole and on the disk. Whether it may be used is found out
 * when it is used. Thread-safe; one process at a time has the folder.
 */
final class Snapshots {
    /** A snapshot that was taken over, or none, and what was wrong with newer ones. */
    record Restored(Optional<ProjectionSnapshot> snapshot, List<String> passedOver) {}

    private static final Pattern NAME = Pattern.compile("[0-9]{20}-v[0-9]+-[0-9a-f]{8}");
    private static final String DISCARDED = ".discarded";
    private static final int FINGERPRINT = 8;

    private final Path folder;
    private final Projection projection;
    private final Partition partition;
    private final SnapshotMaking making;
    private volatile OptionalLong needed = OptionalLong.empty();
    private volatile OptionalLong read = OptionalLong.empty();
    private final CheckedSnapshots checked = new CheckedSnapshots();

    Snapshots(Path folder, Projection projection, Partition partition) {
        this.folder = folder;
        this.projection = projection;
        this.partition = partition;
        this.making = new SnapshotMaking(folder, projection, partition);
    }

    /**
     * Makes one of the newest commit; if there is one of that already, it is made again in its
     * place.
     *
     * @param keep how many of the newest are kept
     * @throws StoreFullException if there is no room; nothing is left of it
     */
    synchronized ProjectionSnapshot make(StateEnvironment environment, int keep) {
        return publish(copy(environment, () -> {}), keep);
    }

    /** See {@link SnapshotMaking#copy}. */
    synchronized SnapshotManifest copy(StateEnvironment environment, Runnable taken) {
        return making.copy(environment, taken);
    }

    /** Gives its name to what was copied last, and deletes older ones. */
    synchronized ProjectionSnapshot publish(SnapshotManifest manifest, int keep) {
        Path place = folder.resolve(name(manifest));
        try {
            making.publish(place);
            prune(keep);
            read = OptionalLong.of(manifest.read());
            return snapshot(place, manifest);
        } catch (IOException e) {
            throw making.failed("A snapshot could not be made", e);
        } finally {
            giveUp();
        }
    }

    /** See {@link SnapshotMaking#close}. */
    void close() {
        making.close();
    }

    /** Deletes what was copied and has no name. */
    synchronized void giveUp() {
        making.giveUp();
    }

    static void discard(Path place) throws IOException {
        DurableFolder.discard(place, place.resolveSibling(DISCARDED));
    }

    private static String name(SnapshotManifest manifest) {
        return String.format(
                "%020d-v%d-%s",
                manifest.checkpoint().position(),
                manifest.version(),
                manifest.fingerprint().substring(0, FINGERPRINT));
    }

    private static ProjectionSnapshot snapshot(Path place, SnapshotManifest manifest) {
        return new ProjectionSnapshot(
                manifest.projection(),
                manifest.version(),
                manifest.checkpoint(),
                manifest.bytes(),
                manifest.made(),
                List.of(place));
    }

    /** Deletes all but the newest of this definition; those of other definitions stay. */
    private void prune(int keep) {
        List<Kept> all = kept();
        List<Kept> newest = all.subList(0, Math.min(keep, all.size()));
        for (Kept old : all.subList(newest.size(), all.size())) {
            discardQuietly(old.place());
        }
        needed = neededBy(newest);
        checked.retain(newest.stream().map(Kept::manifest).toList());
    }

    /** How many are known to be whole, or damaged. */
    int checkedCount() {
        return checked.count();
    }

    private static OptionalLong neededBy(List<Kept> all) {
        return all.stream().mapToLong(one -> one.manifest().needs()).min();
    }

    /** Those that could be begun with, as far as is known, the newest first. */
    List<ProjectionSnapshot> list(History history) {
        return listed(
                kept().stream().filter(one -> trouble(history, one.manifest()).isEmpty()).toList());
    }

    /** The others, and why; the newest first. */
    List<UnusableSnapshot> unusable(History history) {
        List<UnusableSnapshot> found = new ArrayList<>();
        for (Path place : places()) {
            unusable(history, place)
                    .filter(one -> Files.isDirectory(place)) // or it was deleted this very moment
                    .ifPresent(found::add);
        }
        return found;
    }

    private Optional<String> trouble(History history, SnapshotManifest manifest) {
        return checked.damage(manifest).or(() -> refusal(history, manifest));
    }

    private Optional<UnusableSnapshot> unusable(History history, Path place) {
        try {
            SnapshotManifest manifest = SnapshotManifest.read(place);
            Optional<String> damage = checked.damage(manifest);
            return damage.or(() -> reason(history, manifest))
                    .map(why -> new UnusableSnapshot(place, why, damage.isPresent()));
        } catch (IOException | VarveException e) {
            return Optional.of(new UnusableSnapshot(place, CheckedSnapshots.reason(e), true));
        }
    }

    private Optional<String> reason(History history, SnapshotManifest manifest) {
        return manifest.isOf(projection, partition)
                ? refusal(history, manifest)
                : Optional.of(
                        "of another definition, or number of partitions: projection="
                                + manifest.projection()
                                + " version="
                                + manifest.version());
    }

    private static List<ProjectionSnapshot> listed(List<Kept> all) {
        return new ArrayList<>(
                all.stream().map(one -> snapshot(one.place(), one.manifest())).toList());
    }

    private record Kept(Path place, SnapshotManifest manifest) {
        long position() {
            return manifest.checkpoint().position();
        }
    }

    private List<Kept> kept() {
        List<Kept> found = new ArrayList<>();
        for (Path place : places()) {
            try {
                SnapshotManifest manifest = SnapshotManifest.read(place);
                if (manifest.isOf(projection, partition)) {
                    found.add(new Kept(place, manifest));
                }
            } catch (IOException | VarveException e) {
                // At the start nobody is there to be told; who asks is told by unusable().
                Logs.of(Snapshots.class)
                        .log(
                                Level.WARNING,
                                "A snapshot was passed over: path={0} {1}",
                                place,
                                e.getMessage());
            }
        }
        found.sort(Comparator.comparingLong(Kept::position).reversed());
        return found;
    }

    /** Likewise, and finds out what they need, while none is being made. */
    synchronized List<ProjectionSnapshot> begin() {
        List<Kept> found = kept();
        needed = neededBy(found);
        read =
                found.stream()
                        .limit(1)
                        .mapToLong(one -> one.manifest().read())
                        .filter(known -> known >= 0)
                        .findFirst();
        return listed(found);
    }

    private List<Path> places() {
        try {
            return Files.isDirectory(folder)
                    ? DurableFolder.list(folder).stream()
                            .filter(path -> NAME.matcher(path.getFileName().toString()).matches())
                            .sorted(Comparator.reverseOrder())
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw making.failed("Snapshots could not be listed", e);
        }
    }

    /** What had been read for the newest; empty for unknown. */
    OptionalLong read() {
        return read;
    }

    /** The first position of the log that some of those that are kept need; empty for none. */
    OptionalLong needed() {
        return needed;
    }

    /**
     * Makes a keyed state of the newest one that is of this definition and of a history, and behind
     * which nothing is gone from the log; whole, by its sums and its structure.
     *
     * @param target of the keyed state; nothing is in it, or it is missing
     */
    Restored restoreNewest(History history, Path target) {
        return restoreNewest(projection, history, target, Long.MAX_VALUE);
    }

    /**
     * Likewise, for a read model of a definition that is perhaps another.
     *
     * @param most the last position that it may have
     */
    synchronized Restored restoreNewest(
            Projection definition, History history, Path target, long most) {
        List<String> passedOver = new ArrayList<>();
        for (Path place : places()) {
            try {
                SnapshotManifest manifest = SnapshotManifest.read(place);
                if (!manifest.isOf(definition, partition)
                        || manifest.checkpoint().position() > most) {
                    continue; // of another definition, or too new, and no concern of this one
                }
                Optional<String> reason = refusal(history, manifest);
                if (reason.isPresent()) {
                    passedOver.add(place.getFileName() + ": " + reason.get());
                    continue;
                }
                new StateCopy(
                                place,
                                Optional.of(manifest.checkpoint()),
                                manifest.bytes(),
                                manifest.sha256())
                        .install(target);
                checked.repaired(manifest);
                return new Restored(Optional.of(snapshot(place, manifest)), passedOver);
            } catch (StoreFullException e) {
                throw e;
            } catch (IOException | VarveException | IllegalArgumentException e) {
                checked.found(place, e);
                passedOver.add(place.getFileName() + ": " + CheckedSnapshots.reason(e));
                Logs.of(Snapshots.class)
                        .log(Level.WARNING, "A snapshot cannot be used: path=" + place, e);
            }
        }
        return new Restored(Optional.empty(), passedOver);
    }

    /** A snapshot that is read where it lies; to be closed. */
    record Opened(StateView state, long position) {}

    /**
     * Opens the newest one that {@link #restoreNewest} would take, up to a position. It may be
     * deleted meanwhile. The first time that one is opened, all of it is read to see that it is
     * whole.
     *
     * @param most the highest position
     * @param tables that are read
     */
    Optional<Opened> openNewest(History history, long most, Set<String> tables) {
        for (Path place : places()) {
            try {
                SnapshotManifest manifest = SnapshotManifest.read(place);
                if (manifest.checkpoint().position() <= most
                        && manifest.isOf(projection, partition)
                        && refusal(history, manifest).isEmpty()) {
                    return Optional.of(open(place, manifest, tables));
                }
            } catch (IOException | VarveException | IllegalArgumentException e) {
                // Damaged, or deleted this very moment: an older one does as well.
                checked.found(place, e);
                Logs.of(Snapshots.class)
                        .log(Level.WARNING, "A snapshot cannot be read: path=" + place, e);
            }
        }
        return Optional.empty();
    }

    private Opened open(Path place, SnapshotManifest manifest, Set<String> tables) {
        StateCopy copy =
                new StateCopy(
                        place,
                        Optional.of(manifest.checkpoint()),
                        manifest.bytes(),
                        manifest.sha256());
        if (!checked.isWhole(manifest)) {
            copy.check();
            checked.whole(manifest);
        }
        return new Opened(copy.view(tables), manifest.checkpoint().position());
    }

    /** Whether there is one that {@link #restoreNewest} would try, by its manifest. */
    boolean hasUsable(History history) {
        for (Path place : places()) {
            try {
                SnapshotManifest manifest = SnapshotManifest.read(place);
                if (manifest.isOf(projection, partition) && refusal(history, manifest).isEmpty()) {
                    return true;
                }
            } catch (IOException | VarveException e) {
                Logs.of(Snapshots.class)
                        .log(Level.DEBUG, "A snapshot was passed over: path=" + place, e);
            }
        }
        return false;
    }

    private static Optional<String> refusal(History history, SnapshotManifest manifest) {
        try {
            return history.contradicts(manifest.checkpoint());
        } catch (EventsTruncatedException e) {
            return Optional.of("events behind it are gone, firstPosition=" + e.firstPosition());
        }
    }

    private static void discardQuietly(Path place) {
        try {
            discard(place);
        } catch (IOException e) {
            Logs.of(Snapshots.class)
                    .log(Level.WARNING, "A snapshot could not be deleted: path=" + place, e);
        }
    }
}
