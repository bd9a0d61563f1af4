package io.varve.store;

/**
 * Up to where a producer has reacted to the log, as the log has it; see {@link ProducerMark}.
 *
 * @param producer its name
 * @param epoch of the instance that set it
 * @param position of the last event it has reacted to, or -1
 */
public record RecordedMark(String producer, long epoch, long position) {
    /**
     * The mark to append next, by the same instance.
     *
     * @param next position of the last event it has reacted to then, not less than before
     * @return the mark
     */
    public ProducerMark next(long next) {
        return ProducerMark.after(this, epoch, next);
    }

    /**
     * The mark by which a new instance takes over.
     *
     * @param newEpoch of the new instance, greater than before
     * @param next position of the last event it has reacted to, not less than before
     * @return the mark
     */
    public ProducerMark takeOver(long newEpoch, long next) {
        return ProducerMark.after(this, newEpoch, next);
    }
}
