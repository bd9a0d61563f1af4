package io.varve.store.lmdb;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * How to open an environment.
 *
 * @param mapBytes address space to begin with
 * @param tables how many named tables it may have
 * @param mode when commits come to the disk
 * @param remedy what to do when the file is damaged, a sentence
 * @param proof tells, of an environment that was not closed and whose structure is sound, whether
 *     what it holds is whole from what a tag says to its end, or all of it where the tag is empty;
 *     asked only where it was or may have been opened as {@link CommitMode.Pinned}
 * @param seen what {@link Reopening#lookAhead} found, if there was time for it, and nobody has
 *     changed since
 * @param damaged takes the folder when LMDB finds that pages do not fit together, before who reads
 *     or writes is told; any thread, more than once
 * @param closingSum what is summed up when it is closed, so that what is wrong with it then is
 *     noticed when it is opened
 */
public record LmdbOptions(
        long mapBytes,
        int tables,
        CommitMode mode,
        String remedy,
        BiPredicate<LmdbEnvironment, byte[]> proof,
        Optional<Structure> seen,
        Consumer<Path> damaged,
        ClosingSum closingSum) {
    /** Readers at once that are lent for as long as somebody wants. */
    static final int READERS = 1024;

    /** Readers beside these, for short reads of our own; there also where all others are lent. */
    static final int OWN = 48;

    /** Slots beside these: for pins, copies, and what looks for tables. */
    private static final int PINS = 16;

    /** Slots in all. */
    static final int SLOTS = READERS + OWN + PINS;

    /**
     * Options of an environment that was not looked at ahead.
     *
     * @param mapBytes see the record
     * @param tables see the record
     * @param mode see the record
     * @param remedy see the record
     * @param proof see the record
     */
    public LmdbOptions(
            long mapBytes,
            int tables,
            CommitMode mode,
            String remedy,
            BiPredicate<LmdbEnvironment, byte[]> proof) {
        this(
                mapBytes,
                tables,
                mode,
                remedy,
                proof,
                Optional.empty(),
                folder -> {},
                ClosingSum.LEADING);
    }

    /**
     * The same, of an environment that was looked at ahead.
     *
     * @param found what was found
     * @return other options
     */
    public LmdbOptions withSeen(Optional<Structure> found) {
        return new LmdbOptions(mapBytes, tables, mode, remedy, proof, found, damaged, closingSum);
    }

    /**
     * The same, of an environment that is made anew where it is damaged: that is noted, and its
     * file is summed up.
     *
     * @param noting see the record
     * @return other options
     */
    public LmdbOptions asDerived(Consumer<Path> noting) {
        return new LmdbOptions(
                mapBytes, tables, mode, remedy, proof, seen, noting, ClosingSum.REFUSED);
    }

    /**
     * The same, of an environment that cannot be made anew, or need not be: as much of its file is
     * summed up, and checked where it has changed.
     *
     * @return other options
     */
    public LmdbOptions asChecked() {
        return new LmdbOptions(
                mapBytes, tables, mode, remedy, proof, seen, damaged, ClosingSum.CHECKED);
    }

    /**
     * Options of an environment that proves nothing.
     *
     * @param mapBytes see the record
     * @param tables see the record
     * @param sync whether each commit waits for the disk; if not, nobody sees to it
     * @param remedy see the record
     */
    public LmdbOptions(long mapBytes, int tables, boolean sync, String remedy) {
        this(
                mapBytes,
                tables,
                sync ? CommitMode.SYNCED : CommitMode.UNSYNCED,
                remedy,
                (environment, tag) -> false);
    }
}
