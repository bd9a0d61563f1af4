package io.varve.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A way in which a disk fails.
 *
 * @param async whether the store is asynchronous
 * @param calls that fail, see {@link DiskShim}
 * @param after so many of them went well
 * @param once whether the next goes well again
 * @param errno see {@link DiskShim}
 */
record DiskFault(boolean async, int calls, int after, boolean once, int errno) {
    /** All there are of a store, where its scenario makes so many calls. */
    static List<DiskFault> of(boolean async, int writes, int syncs) {
        List<DiskFault> faults = new ArrayList<>();
        for (int after = 0; after < writes; after++) {
            // Whoever is interrupted tries again: so not for ever.
            faults.add(new DiskFault(async, DiskShim.WRITES, after, true, DiskShim.EINTR));
            faults.add(new DiskFault(async, DiskShim.WRITES, after, true, DiskShim.EAGAIN));
            for (boolean once : new boolean[] {true, false}) {
                faults.add(new DiskFault(async, DiskShim.WRITES, after, once, DiskShim.EIO));
                faults.add(new DiskFault(async, DiskShim.WRITES, after, once, DiskShim.ENOSPC));
                faults.add(new DiskFault(async, DiskShim.WRITES, after, once, DiskShim.EDQUOT));
                faults.add(new DiskFault(async, DiskShim.WRITES, after, once, DiskShim.HALF));
            }
        }
        for (int after = 0; after < syncs; after++) {
            for (boolean once : new boolean[] {true, false}) {
                faults.add(new DiskFault(async, DiskShim.SYNCS, after, once, DiskShim.EIO));
                faults.add(new DiskFault(async, DiskShim.SYNCS, after, once, DiskShim.ENOSPC));
                faults.add(new DiskFault(async, DiskShim.SYNCS, after, once, DiskShim.EDQUOT));
            }
        }
        return faults;
    }
}
