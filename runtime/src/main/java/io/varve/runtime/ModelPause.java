package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.state.StateEnvironment;
import java.lang.System.Logger.Level;
import java.util.List;

/**
 * Whether nothing is to be applied to a read model until it is resumed, as each of its partitions
 * keeps it. Set by one thread at a time; read by anyone.
 */
final class ModelPause {
    private final List<OpenPartition> partitions;
    private volatile boolean stands;
    private volatile boolean refused;

    ModelPause(List<OpenPartition> partitions) {
        this.partitions = partitions;
    }

    boolean stands() {
        return stands;
    }

    /** Whether it could not be kept the last time: what is open is not written any more. */
    boolean isRefused() {
        return refused;
    }

    /**
     * What was opened says it, or what is known beside: of one that is begun anew that is all there
     * is.
     */
    void found(List<StateOpening.Opened> opened, boolean known) {
        refused = false;
        stands = known || opened.stream().anyMatch(one -> one.found().paused());
        if (stands) {
            // Begun anew, or killed while they were told: as the first of them knows.
            opened.stream()
                    .filter(one -> !one.found().paused())
                    .forEach(one -> Life.setPaused(one.environment(), true));
        }
    }

    /** Sets it; it is on the disk then, or known to what takes the place of a damaged one. */
    void set(boolean now, List<StateEnvironment> environments) {
        try {
            environments.forEach(one -> Life.setPaused(one, now));
        } catch (StoreCorruptedException | StoreFailedException | StoreIoException e) {
            if (partitions.stream().noneMatch(OpenPartition::isDamaged)) {
                refused = true;
                throw e;
            }
            Logs.of(ModelPause.class)
                    .log(Level.DEBUG, "What takes the place of a damaged read model knows it", e);
        }
        refused = false;
        stands = now;
    }
}
