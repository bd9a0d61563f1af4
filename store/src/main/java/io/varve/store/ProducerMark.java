package io.varve.store;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * Says, in the append that holds a producer's decisions, up to where of the log it has reacted with
 * them: "producer X, at epoch E, has reacted to everything up to position N". It is compared and
 * set with the append, all or nothing, so each event is reacted to once, whatever crashes between.
 *
 * <p>The append is refused if
 *
 * <ul>
 *   <li>the log has a mark of a higher epoch: another instance has taken over, and this one is
 *       fenced off;
 *   <li>the log's mark is not at the position the producer thinks it is at.
 * </ul>
 *
 * <p>An instance takes over by an append with a higher epoch. It reads the mark first, see {@link
 * EventStore#producerMark}, and says so with {@code previous}.
 *
 * @param producer its name, 1 to {@value #MAX_PRODUCER_BYTES} bytes of UTF-8
 * @param epoch of this instance of the producer, 0 or more
 * @param previous where its mark is before this append; empty where it has none yet
 * @param position of the last event it has reacted to, not less than the previous one and not
 *     beyond the head; -1 for none yet
 */
public record ProducerMark(String producer, long epoch, OptionalLong previous, long position) {
    /** The longest name of a producer, in bytes of UTF-8. */
    public static final int MAX_PRODUCER_BYTES = 255;

    /**
     * Refuses what has no name, and what goes back.
     *
     * @param producer see the record
     * @param epoch see the record
     * @param previous see the record
     * @param position see the record
     */
    public ProducerMark {
        checkProducer(producer);
        Objects.requireNonNull(previous, "previous");
        if (epoch < 0) {
            throw new IllegalArgumentException("An epoch is 0 or more: epoch=" + epoch);
        }
        long least = previous.orElse(-1);
        if (least < -1 || position < least) {
            throw new IllegalArgumentException(
                    "A mark is at a position, or -1, and never goes back: previous="
                            + previous
                            + " position="
                            + position);
        }
    }

    /**
     * The first mark of a producer.
     *
     * @param producer its name
     * @param epoch of this instance
     * @param position of the last event it has reacted to, or -1
     * @return the mark
     */
    public static ProducerMark first(String producer, long epoch, long position) {
        return new ProducerMark(producer, epoch, OptionalLong.empty(), position);
    }

    static ProducerMark after(RecordedMark before, long epoch, long position) {
        OptionalLong previous = OptionalLong.of(before.position());
        return new ProducerMark(before.producer(), epoch, previous, position);
    }

    static void checkProducer(String producer) {
        Objects.requireNonNull(producer, "producer");
        if (producer.isEmpty()) {
            throw new IllegalArgumentException("A producer needs a name");
        }
        StreamId.checkLength("producer name", producer, MAX_PRODUCER_BYTES);
    }

    void checkReached(long head) {
        if (position > head) {
            throw new IllegalArgumentException(
                    "A producer has not reacted to what is not in the log: producer="
                            + producer
                            + " position="
                            + position
                            + " head="
                            + head);
        }
    }

    RecordedMark recorded() {
        return new RecordedMark(producer, epoch, position);
    }
}
