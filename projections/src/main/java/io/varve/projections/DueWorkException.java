package io.varve.projections;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Code of the user failed at something that was due by time: the result of a window that has
 * closed, what {@code suppress} held back, a record of a join that found no match or waited for
 * late rows, a {@link Punctuator}; or a row could not be written that such work has changed. The
 * cause is what was thrown.
 *
 * <p>No event is at fault: without the one in hand the next would have let time go on, and met the
 * same. So no event is left out for it, whatever the error policy: a projection tries it again as
 * often as that says, and then fails.
 */
public final class DueWorkException extends VarveException {
    private static final long serialVersionUID = 1L;
    private static final String REMEDY =
            "It would fail with every later event too, so none is left out for it. See the cause and"
                    + " correct the code, which has to take this, or not forward it; then start with"
                    + " that code, or resume the projection: it goes on from its checkpoint.";

    private final long position;
    private final String node;
    private final transient DueWork work;

    DueWorkException(SourceEvent event, String node, DueWork work, Throwable cause) {
        super(
                "The projection's code failed at what was due by time: node="
                        + node
                        + " cause="
                        + ErrorText.of(cause)
                        + " dueIn="
                        + work.node()
                        + (work.key() == null ? "" : " key=" + work.keyText())
                        + " due="
                        + work.time()
                        + " position="
                        + event.position(),
                REMEDY,
                cause);
        this.position = event.position();
        this.node = node;
        this.work = work;
    }

    DueWorkException(long position, String node, Throwable cause) {
        super(
                "A row could not be written that was changed by what was due by time: node="
                        + node
                        + " cause="
                        + ErrorText.of(cause)
                        + " position="
                        + position,
                REMEDY,
                cause);
        this.position = position;
        this.node = node;
        this.work = null;
    }

    /**
     * The position of the event, or tick, that let time go on. It is not to blame.
     *
     * @return 0 or more
     */
    public long position() {
        return position;
    }

    /**
     * The node whose code failed, as in {@link Topology#describe()}.
     *
     * @return its name
     */
    public String node() {
        return node;
    }

    /**
     * The node that had something to do by then: it, or one before it.
     *
     * @return empty if a row could not be written
     */
    public Optional<String> dueIn() {
        return Optional.ofNullable(work).map(DueWork::node);
    }

    /**
     * When it was due.
     *
     * @return milliseconds since 1970, of a window with {@link EmitStrategy#onWindowClose} those of
     *     its end; empty if a row could not be written
     */
    public OptionalLong dueMillis() {
        return work == null ? OptionalLong.empty() : OptionalLong.of(work.time());
    }

    /**
     * The key of what was due, as text.
     *
     * @return empty for a {@link Punctuator}, or if a row could not be written
     */
    public Optional<String> key() {
        return Optional.ofNullable(work).filter(one -> one.key() != null).map(DueWork::keyText);
    }
}
