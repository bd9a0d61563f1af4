package io.varve.projections;

import io.varve.store.StreamId;
import io.varve.store.errors.ErrorText;
import io.varve.store.errors.VarveException;
import java.util.Optional;

/**
 * Code of the user failed: a lambda of a topology, or a serde of a store. The cause is what was
 * thrown: an exception, a {@link StackOverflowError}, an {@link AssertionError} or a {@link
 * LinkageError} (as of a class that is not there). Other errors, such as that memory has run out,
 * are thrown as they are.
 *
 * <p>From {@link ProjectionTask#process} it carries the event. From {@link ProjectionTask#commit},
 * where rows are written that many events changed, it carries the position of the event that
 * changed the row last.
 */
public final class ProjectionException extends VarveException {
    private static final long serialVersionUID = 1L;
    private static final String REMEDY =
            "See the cause and correct the code. In a runtime, a projection that has failed then goes"
                    + " on from its checkpoint, and dead letters can be retried; what was skipped"
                    + " is applied by a rebuild.";

    private final long position;
    private final transient StreamId stream;
    private final String type;
    private final String node;

    /**
     * Code failed on an event.
     *
     * @param event that was being applied
     * @param node whose code it was
     * @param cause what it threw
     */
    public ProjectionException(SourceEvent event, String node, Throwable cause) {
        super(
                "The projection's code failed: position="
                        + event.position()
                        + " stream="
                        + event.stream()
                        + " type="
                        + event.type()
                        + " node="
                        + node
                        + " cause="
                        + ErrorText.of(cause),
                REMEDY,
                cause);
        this.position = event.position();
        this.stream = event.stream();
        this.type = event.type();
        this.node = node;
    }

    /**
     * A serde failed on a row.
     *
     * @param position of the event that changed the row last
     * @param node whose row it is
     * @param cause what the serde threw
     */
    public ProjectionException(long position, String node, Throwable cause) {
        super(
                "A row could not be written: position="
                        + position
                        + " node="
                        + node
                        + " cause="
                        + ErrorText.of(cause),
                REMEDY,
                cause);
        this.position = position;
        this.stream = null;
        this.type = null;
        this.node = node;
    }

    /**
     * The position of the event.
     *
     * @return 0 or more
     */
    public long position() {
        return position;
    }

    /**
     * The stream of the event.
     *
     * @return empty if a row could not be written
     */
    public Optional<StreamId> stream() {
        return Optional.ofNullable(stream);
    }

    /**
     * The type of the event.
     *
     * @return empty if a row could not be written
     */
    public Optional<String> type() {
        return Optional.ofNullable(type);
    }

    /**
     * The node whose code failed, as in {@link Topology#describe()}.
     *
     * @return its name
     */
    public String node() {
        return node;
    }
}
