package io.varve.store;

/**
 * Is told how far a long piece of work has come: a backup, a restore, a verification, a rebuild, an
 * export or an import. The operation says what the unit is.
 *
 * <p>It is called on the thread that does the work: first with nothing done, then now and then, and
 * at the end, if it succeeds, with everything done. What is done never decreases; the total may
 * grow or shrink while it is only an estimate. A listener that throws ends the work, which cleans
 * up as after any other error; so it is the way to cancel.
 */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Takes the state of the work.
     *
     * @param done units that are done, 0 to {@code total}
     * @param total units there are to do, 0 or more
     */
    void progress(long done, long total);

    /**
     * For those who do not want to know.
     *
     * @return a listener that does nothing
     */
    static ProgressListener none() {
        return (done, total) -> {};
    }
}
