package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Lets a projection go on that was paused, or has failed. */
final class Resuming {
    private Resuming() {}

    /**
     * Lets what is live go on; or opens it again where it could not be opened, or begun anew, or
     * its files can no longer be written.
     *
     * @return whether it was opened again, and is to be started
     * @throws ProjectionFailedException if it cannot be opened this time either
     */
    static boolean isReopened(
            Lineage lineage, GivenDefinitions given, ProjectionConfig config, Duration patience) {
        if (!lineage.live().readModel().mayBeOpenedAgain()) {
            try {
                lineage.live().unpause(patience);
                return false;
            } catch (StoreIoException | StoreFailedException e) {
                if (!lineage.live().readModel().mayBeOpenedAgain()) {
                    throw e;
                }
            }
        }
        giveUp(lineage.live());
        lineage.openAgain(given, config);
        OpenReadModel opened = lineage.live().readModel();
        if (opened.isPaused()) {
            opened.setPaused(false);
        }
        return true;
    }

    private static void giveUp(Generation failed) {
        failed.reads().end();
        failed.reads().closeViews();
        try {
            failed.closeUnstarted();
        } catch (VarveException e) {
            Logs.of(Resuming.class)
                    .log(
                            Level.DEBUG,
                            "It had failed before: {0} {1}",
                            failed.progress().name(),
                            e.what());
        }
    }
}
