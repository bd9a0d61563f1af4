package io.varve.store.errors;

import io.varve.store.ProducerMark;
import io.varve.store.RecordedMark;

/** Another instance of a producer has taken over; nothing was appended. */
public final class ProducerFencedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient ProducerMark mark;
    private final transient RecordedMark actual;

    /**
     * Tells what happened.
     *
     * @param mark of the append
     * @param actual the mark in the log
     */
    public ProducerFencedException(ProducerMark mark, RecordedMark actual) {
        super(
                "The producer is fenced off: producer="
                        + mark.producer()
                        + " epoch="
                        + mark.epoch()
                        + " actual epoch="
                        + actual.epoch(),
                "Another instance has taken over; stop this one.");
        this.mark = mark;
        this.actual = actual;
    }

    /**
     * The name of the producer.
     *
     * @return the value
     */
    public String producer() {
        return mark.producer();
    }

    /**
     * The mark of the append.
     *
     * @return the value
     */
    public ProducerMark mark() {
        return mark;
    }

    /**
     * The mark in the log, of a higher epoch.
     *
     * @return the value
     */
    public RecordedMark actual() {
        return actual;
    }
}
