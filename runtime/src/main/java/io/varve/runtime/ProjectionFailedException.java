package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;

/**
 * A read model was asked for more than it has, and its projection, or its rebuild, has failed; the
 * cause says why.
 */
public final class ProjectionFailedException extends VarveException {
    private static final long serialVersionUID = 1L;

    private final String projection;
    private final long position;

    private ProjectionFailedException(
            String what, String remedy, String projection, long position, Throwable failure) {
        super(what, StoreClosedFirst.remedy(failure, remedy), printable(failure));
        this.projection = projection;
        this.position = position;
    }

    /** Null where it is not known any more. */
    private static Throwable printable(Throwable failure) {
        return failure == null ? null : ErrorText.printable(failure);
    }

    private static String what(
            String what, String projection, GenerationId generation, long position) {
        return what
                + ": projection="
                + projection
                + " generation="
                + generation
                + " applied="
                + position;
    }

    /** Whether what could not be opened may be, once that is over. */
    static boolean isPassing(Throwable failure) {
        return failure instanceof StoreFullException
                || failure instanceof StoreIoException
                || failure instanceof StoreFailedException
                || failure instanceof StoreCorruptedException // as it was deleted meanwhile
                || failure instanceof FolderRefusedException
                || failure instanceof ProjectionHostedException;
    }

    /**
     * The generation that is read has failed.
     *
     * @param opened whether there is a read model to go on with
     */
    static ProjectionFailedException ofLive(
            String projection,
            GenerationId generation,
            long position,
            boolean opened,
            Throwable failure) {
        return new ProjectionFailedException(
                what("The projection has failed", projection, generation, position),
                opened || isPassing(failure)
                        ? "Remedy the cause and resume(projection), or start the runtime again; it goes"
                                + " on behind that position."
                        : "Its read model could not be opened, so that there is nothing to resume:"
                                + " do first what the cause says, then remove(\""
                                + projection
                                + "\", RemovedData.KEEP) and add it again, or start another"
                                + " runtime.",
                projection,
                position,
                failure);
    }

    /** A rebuild has failed, and keeps what it has computed. */
    static ProjectionFailedException ofRebuild(
            String projection, GenerationId generation, long position, Throwable failure) {
        return new ProjectionFailedException(
                what("The rebuild has failed", projection, generation, position),
                remedyOfRebuild(projection),
                projection,
                position,
                failure);
    }

    /** Likewise, before its projection was started. */
    static ProjectionFailedException ofRebuild(
            String projection, GenerationId generation, KeptFailure kept) {
        String what = "The rebuild has failed before this start";
        return new ProjectionFailedException(
                what(what, projection, generation, kept.applied())
                        + " at="
                        + kept.at()
                        + " failure=["
                        + kept.failure()
                        + "]",
                remedyOfRebuild(projection),
                projection,
                kept.applied(),
                null);
    }

    private static String remedyOfRebuild(String projection) {
        return "Remedy the cause and rebuild again, which goes on behind that position; where that"
                + " takes other code, or nobody wants it any more, cancelRebuild(\""
                + projection
                + "\") first. What is live goes on.";
    }

    /** A rebuild could not begin, and leaves nothing. */
    static ProjectionFailedException ofUnbegun(
            String projection, GenerationId generation, Throwable failure) {
        return new ProjectionFailedException(
                what("The rebuild could not begin", projection, generation, -1),
                "Remedy the cause and rebuild again. What is live goes on, and nothing is left to be"
                        + " cancelled.",
                projection,
                -1,
                failure);
    }

    /** The generation that was live before cannot be opened. */
    static ProjectionFailedException ofPrevious(
            String projection, GenerationId generation, long position, Throwable failure) {
        String what = "The previous generation cannot be gone on with";
        return new ProjectionFailedException(
                what(what, projection, generation, position),
                "Remedy the cause and rollback again, or discard(\""
                        + projection
                        + "\"). What is live goes on.",
                projection,
                position,
                failure);
    }

    /**
     * The name of the projection.
     *
     * @return the value
     */
    public String projection() {
        return projection;
    }

    /**
     * The position up to which its read model goes.
     *
     * @return -1 if nothing was applied
     */
    public long position() {
        return position;
    }
}
