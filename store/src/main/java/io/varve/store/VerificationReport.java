package io.varve.store;

import java.util.List;
import java.util.Objects;

/**
 * What a verification has found.
 *
 * @param events of the log that were read
 * @param blocks of the log that were read
 * @param pages of the files that were looked at
 * @param streams that have events
 * @param head position of the last event, or -1
 * @param chain hash of the last block, or 0
 * @param problems in the order they were found; after {@value #MOST_PROBLEMS} no more are listed,
 *     and the last one says how many there were
 * @param notes what is worth knowing and no damage, as that the index is missing and is built from
 *     the log when the store is opened; sentences
 */
public record VerificationReport(
        long events,
        long blocks,
        long pages,
        long streams,
        long head,
        long chain,
        List<Problem> problems,
        List<String> notes) {
    /** How many problems are listed. */
    public static final int MOST_PROBLEMS = 1_000;

    /**
     * Copies the lists.
     *
     * @param events see the record
     * @param blocks see the record
     * @param pages see the record
     * @param streams see the record
     * @param head see the record
     * @param chain see the record
     * @param problems see the record
     * @param notes see the record
     */
    public VerificationReport {
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    /** Where nothing could be read. */
    static VerificationReport ofNothing(ProblemList problems) {
        return new VerificationReport(0, 0, 0, 0, -1, 0, problems.toList(), problems.notes());
    }

    /** What is wrong. */
    public enum Kind {
        /** A file is missing, or cannot be read. */
        FILE,
        /** A manifest does not say what is there. */
        MANIFEST,
        /** The pages of a file do not fit together. */
        STRUCTURE,
        /** The row that names the log is damaged, or names another one. */
        IDENTITY,
        /** A row beside the blocks is damaged or missing: of the base, of holds, of hashes. */
        ROW,
        /**
         * The machine went down while the log was open with {@link Durability.Async}: opening it
         * will take it back to its last sync, so nothing beyond its structure as of then was looked
         * at. No damage: open the store once, close it, and verify.
         */
        NOT_CLOSED,
        /** A block does not fit its checksums, or is of an unknown format. */
        BLOCK,
        /** Blocks are missing, or one does not follow the one before. */
        CHAIN,
        /**
         * A block does not fit its SHA-256, or has none though it must; see {@link
         * EventStore#verifySeals}.
         */
        SHA,
        /** An event inside a block that fits its checksums makes no sense. */
        EVENT,
        /** The index does not say what the log says. */
        INDEX,
        /** There are more problems than are listed. */
        MORE
    }

    /**
     * One thing that is wrong.
     *
     * @param kind of the problem
     * @param where it is: a file, a position, a stream
     * @param what is wrong
     * @param remedy what to do about it, a sentence
     */
    public record Problem(Kind kind, String where, String what, String remedy) {
        /**
         * Refuses null.
         *
         * @param kind see the record
         * @param where see the record
         * @param what see the record
         * @param remedy see the record
         */
        public Problem {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(where, "where");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(remedy, "remedy");
        }
    }

    /**
     * Whether nothing is wrong.
     *
     * @return true if there is no problem
     */
    public boolean isClean() {
        return problems.isEmpty();
    }
}
