package io.varve.runtime;

import io.varve.projections.ProjectionException;
import io.varve.store.errors.StoreFullException;
import java.util.OptionalLong;

/** Tells errors that are an event's from those of the store. */
final class EventErrors {
    private EventErrors() {}

    /**
     * The position of the event whose fault it is.
     *
     * @return empty if it is no event's fault
     */
    static OptionalLong position(Throwable failure) {
        if (failure instanceof ProjectionException code) {
            return OptionalLong.of(code.position());
        }
        // A serde that ran out of memory says nothing about the event.
        return failure instanceof PoisonEventException poison
                        && !(poison.getCause() instanceof OutOfMemoryError)
                ? OptionalLong.of(poison.position())
                : OptionalLong.empty();
    }

    /**
     * Whether it is known that all events before that one can be applied. Otherwise a row could not
     * be written that many events may have changed, of which that one is the last.
     */
    static boolean isExact(Throwable failure) {
        return !(failure instanceof ProjectionException code) || code.stream().isPresent();
    }

    /** Whether it goes away when there is room again. */
    static boolean isLackOfRoom(Throwable failure) {
        return failure instanceof StoreFullException;
    }
}
