package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the partitions of a generation are kept:
 *
 * <pre>
 *   GENERATION/                           one partition: a keyed state; snapshots beside it
 *   GENERATION/partition-0-of-4/          several: the keyed state of each
 *   GENERATION/partition-0-of-4.snapshots/
 *   GENERATION/partition-0-of-4.set-aside/
 * </pre>
 */
final class PartitionFolders {
    private static final Pattern NAME =
            Pattern.compile("partition-([0-9]{1,2})-of-([0-9]{1,2})(\\..*)?");

    private PartitionFolders() {}

    static Path of(Path generation, Partition partition) {
        return partition.isWhole()
                ? generation
                : generation.resolve(
                        "partition-" + partition.number() + "-of-" + partition.count());
    }

    /** In how many partitions a generation is kept; empty if there is nothing yet. */
    static OptionalInt found(Path generation) {
        if (Files.exists(generation.resolve("varve.mark"), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(generation.resolve("data.mdb"), LinkOption.NOFOLLOW_LINKS)) {
            return OptionalInt.of(1);
        }
        if (!Files.isDirectory(generation)) {
            return OptionalInt.empty();
        }
        try {
            for (Path path : DurableFolder.list(generation)) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (name.matches()) {
                    return OptionalInt.of(Integer.parseInt(name.group(2)));
                }
            }
            return OptionalInt.empty();
        } catch (IOException e) {
            throw new StoreIoException("A folder could not be listed: path=" + generation, e);
        }
    }

    /** Deletes what was begun; what is left is deleted with the next sweep. */
    static void deleteQuietly(Path generation) {
        try {
            DurableFolder.delete(generation);
        } catch (IOException e) {
            Logs.of(PartitionFolders.class)
                    .log(Level.WARNING, "What was begun is not deleted: path=" + generation, e);
        }
    }

    /**
     * Refuses another number than it is kept in.
     *
     * @throws ChangedPartitionsException if it is another
     */
    static void check(String projection, Path generation, int count) {
        OptionalInt found = found(generation);
        if (found.isPresent() && found.getAsInt() != count) {
            throw new ChangedPartitionsException(projection, generation, found.getAsInt(), count);
        }
    }
}
