package io.varve.runtime;

import io.varve.projections.DueWorkException;
import io.varve.projections.ProjectionException;
import io.varve.projections.RowKeyException;
import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.SerdeException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFullException;
import java.util.OptionalLong;

/** Tells errors that are an event's from those of the store. */
final class EventErrors {
    /** Causes may go round in circles. */
    private static final int DEEPEST_CAUSE = 100;

    private EventErrors() {}

    /**
     * The position of the event whose fault it is, or at which what was due by time failed.
     *
     * @return empty if it is neither
     */
    static OptionalLong position(Throwable failure) {
        // Code that ran out of memory says nothing about the event.
        if (LackOfMemory.isCauseOf(failure)) {
            return OptionalLong.empty();
        }
        if (failure instanceof ProjectionException code) {
            return OptionalLong.of(code.position());
        }
        if (failure instanceof DueWorkException due) {
            return OptionalLong.of(due.position());
        }
        return failure instanceof PoisonEventException poison
                ? OptionalLong.of(poison.position())
                : OptionalLong.empty();
    }

    /**
     * Whether it is known that all events before that one can be applied. Otherwise a row could not
     * be written that many events may have changed, of which that one is the last.
     */
    static boolean isExact(Throwable failure) {
        if (failure instanceof DueWorkException due) {
            return due.dueIn().isPresent();
        }
        return !(failure instanceof ProjectionException code) || code.stream().isPresent();
    }

    /** Whether it would be met again with the next event, if the one in hand were left out. */
    static boolean isOfTime(Throwable failure) {
        return failure instanceof DueWorkException;
    }

    /**
     * Whether events from a position on were not given to the code yet when it failed: they need
     * not be decoded again, as what was given may have been changed.
     */
    static boolean isBehind(long position, Throwable failure) {
        return isExact(failure) && position(failure).orElse(Long.MAX_VALUE) < position;
    }

    /**
     * Whether another attempt would fail of the same: bytes that cannot be read, what cannot be
     * written or is too large, and keys that no row can have, do not change.
     */
    static boolean isLasting(Throwable failure) {
        Throwable one = failure;
        for (int depth = 0; one != null && depth < DEEPEST_CAUSE; depth++) {
            if (one instanceof PoisonEventException
                    || one instanceof SerdeException
                    || one instanceof RowKeyException
                    || one instanceof LimitExceededException) {
                return true;
            }
            one = one.getCause();
        }
        return false;
    }

    /** Whether it goes away when there is room again. */
    static boolean isLackOfRoom(Throwable failure) {
        return failure instanceof StoreFullException;
    }

    /**
     * Whether it is nothing that a worker which is stopped should fail of: the next meets it again,
     * or it only says that this one was given up.
     */
    static boolean isMetAgain(Throwable failure, boolean givenUp) {
        return position(failure).isPresent()
                || isLackOfRoom(failure)
                || givenUp && failure instanceof StoreClosedException;
    }
}
