package io.varve.store.errors;

import io.varve.store.ProducerMark;
import io.varve.store.RecordedMark;
import java.util.Optional;
import java.util.OptionalLong;

/** A producer's mark is not where an append expected it; nothing was appended. */
public final class WrongProducerMarkException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final transient ProducerMark mark;
    private final transient Optional<RecordedMark> actual;

    /**
     * Tells what happened.
     *
     * @param mark of the append
     * @param actual the mark in the log; empty where it has none of this producer
     */
    public WrongProducerMarkException(ProducerMark mark, Optional<RecordedMark> actual) {
        super(
                "The producer's mark is elsewhere: producer="
                        + mark.producer()
                        + " expected="
                        + text(mark.previous())
                        + " actual="
                        + actual.map(found -> Long.toString(found.position())).orElse("none"),
                "Read the mark again and go on behind it: what lies before has been reacted to.");
        this.mark = mark;
        this.actual = actual;
    }

    private static String text(OptionalLong position) {
        return position.isPresent() ? Long.toString(position.getAsLong()) : "none";
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
     * The mark of the append; {@link ProducerMark#previous()} is what was expected.
     *
     * @return the value
     */
    public ProducerMark mark() {
        return mark;
    }

    /**
     * The mark in the log.
     *
     * @return the value; empty where the log has none of this producer
     */
    public Optional<RecordedMark> actual() {
        return actual;
    }
}
