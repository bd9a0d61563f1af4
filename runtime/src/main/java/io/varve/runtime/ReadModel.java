package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.state.StateEnvironment;
import java.util.function.BooleanSupplier;

/**
 * What it takes to write to the read model of a projection.
 *
 * @param start the first position to apply where there is no checkpoint
 */
record ReadModel(
        Projection projection,
        StateEnvironment environment,
        RuntimeContext context,
        LetterBook letters,
        Watches watches,
        Progress progress,
        long start) {
    /** Begins to write behind the checkpoint; only one may at a time. */
    ProjectionWriter writer(Sources.Decoders decoders, BooleanSupplier abandoned) {
        return new ProjectionWriter(this, decoders.numbers(), abandoned);
    }

    /** The log, as this projection alone reads it. */
    SliceReader log(Sources.Decoders decoders) {
        return new StoreSliceReader(context.store(), () -> decoders, context.config());
    }

    LetterWork letterWork(ProjectionWriter writer, SliceReader log, BooleanSupplier stopped) {
        return new LetterWork(environment, writer, letters, log, stopped);
    }
}
