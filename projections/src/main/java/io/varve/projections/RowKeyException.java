package io.varve.projections;

import io.varve.store.errors.VarveException;

/**
 * A key cannot be that of a row, as it has no bytes, or is an array, which equals no other. It is
 * the cause of the {@link ProjectionException} of the node that has asked for the row, or changed
 * it. A key that is too long is a {@link io.varve.store.errors.LimitExceededException}.
 */
public final class RowKeyException extends VarveException {
    private static final long serialVersionUID = 1L;

    RowKeyException(String what, String remedy) {
        super(what, remedy);
    }
}
