package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.List;
import java.util.function.ToLongFunction;

/** The keyed state of one partition of a read model, with the dead letters that are in it. */
record PartitionModel(Partition partition, StateEnvironment environment, LetterBook letters) {
    /** The first position that may still be retried in some of them; all if there is none. */
    static long oldestLetter(List<PartitionModel> partitions) {
        return partitions.stream()
                .mapToLong(one -> one.letters().oldest())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Reads a number of what is committed. */
    long read(ToLongFunction<StateView> number) {
        try (StateView view = environment.ownView()) {
            return number.applyAsLong(view);
        }
    }
}
