package io.varve.faults;

/**
 * Where a disk fails in a run of {@link IoScenario}, and how.
 *
 * @param async whether commits are not synced
 * @param step in which it fails first
 * @param sort of the call that fails first
 * @param call the number of that call among those of its sort in that step, from 0
 * @param once whether all goes well again after it
 * @param failure what is said of the call
 */
record IoPoint(
        boolean async, int step, DiskCalls.Sort sort, int call, boolean once, Failure failure) {
    /** What a call that fails says. */
    enum Failure {
        /** A broken disk: from then on nothing goes. */
        EIO(5, DiskCalls.ALL),

        /** A full one: what is there can still be synced, and removed. */
        ENOSPC(28, DiskCalls.GROWING),

        EDQUOT(122, DiskCalls.GROWING),

        /** Half of it is written, which is no error. */
        HALF(DiskCalls.HALF, DiskCalls.Sort.WRITE.bit());

        private final int how;
        private final int then;

        Failure(int how, int then) {
            this.how = how;
            this.then = then;
        }

        /** Whether such a call can fail so. */
        boolean fits(DiskCalls.Sort sort) {
            return switch (this) {
                case EIO -> true;
                case ENOSPC, EDQUOT -> sort != DiskCalls.Sort.REMOVE;
                case HALF -> sort == DiskCalls.Sort.WRITE;
            };
        }
    }

    void arm(DiskCalls calls) {
        calls.arm(sort.bit(), call, once ? 0 : failure.then | sort.bit(), failure.how);
    }

    static IoPoint parse(String text) {
        String[] words = text.split(",");
        return new IoPoint(
                Boolean.parseBoolean(words[0]),
                Integer.parseInt(words[1]),
                DiskCalls.Sort.valueOf(words[2]),
                Integer.parseInt(words[3]),
                Boolean.parseBoolean(words[4]),
                Failure.valueOf(words[5]));
    }

    @Override
    public String toString() {
        return async + "," + step + "," + sort + "," + call + "," + once + "," + failure;
    }
}
