package io.varve.store;

import io.varve.store.errors.SerdeException;
import io.varve.store.errors.VarveException;

/** Says of an error of a serde which event it was that could not be read. */
final class Undecodable {
    private Undecodable() {}

    static VarveException told(
            RuntimeException e, long position, StreamId stream, long version, String type) {
        if (e instanceof VarveException other && !(e instanceof SerdeException)) {
            return other;
        }
        return new SerdeException(
                "An event cannot be decoded: position="
                        + position
                        + " stream="
                        + stream
                        + " version="
                        + version
                        + " type="
                        + type
                        + " cause=["
                        + (e instanceof SerdeException known ? known.what() : text(e))
                        + "]",
                e instanceof SerdeException known
                        ? known.remedy()
                        : "Read it with the serde that wrote it, or mend the serde.",
                e);
    }

    private static String text(RuntimeException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
