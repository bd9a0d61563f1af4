package io.varve.store.lmdb;

import java.util.List;

/**
 * What a {@link StructureCheck} found.
 *
 * @param transaction whose trees were walked, or -1 where there is no meta page to begin with
 * @param pages of the file as of then, the two meta pages included
 * @param reachable pages in trees and in values
 * @param free pages that LMDB may use again
 * @param problems that were found, the first hundred
 */
public record Structure(
        long transaction, long pages, long reachable, long free, List<Problem> problems) {
    /**
     * Something that is not as LMDB leaves it.
     *
     * @param page the number of the page
     * @param what is wrong with it
     */
    public record Problem(long page, String what) {
        @Override
        public String toString() {
            return "page=" + page + " " + what;
        }
    }

    /**
     * Whether the file may be mapped and read.
     *
     * @return true if no problem was found
     */
    public boolean isSound() {
        return problems.isEmpty();
    }

    /**
     * Pages that are neither in use nor free: lost room, and no harm.
     *
     * @return 0 or more in a sound file
     */
    public long lost() {
        return pages - 2 - reachable - free;
    }
}
