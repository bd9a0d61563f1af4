package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.store.state.StateEnvironment;
import java.util.List;

/** The keyed state of one partition of a read model, with the dead letters that are in it. */
record PartitionModel(Partition partition, StateEnvironment environment, LetterBook letters) {
    /** The first position that may still be retried in some of them; all if there is none. */
    static long oldestLetter(List<PartitionModel> partitions) {
        return partitions.stream()
                .mapToLong(one -> one.letters().oldest())
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
