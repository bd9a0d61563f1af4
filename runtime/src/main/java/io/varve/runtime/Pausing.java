package io.varve.runtime;

import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Pauses a projection, and lets one go on that was paused, or has failed. Whether it is paused is
 * kept in its read model first, then in the catalogue, which is there where that is lost.
 */
final class Pausing {
    private Pausing() {}

    /**
     * Pauses what is live.
     *
     * @throws ProjectionStuckException if its code does not come back; it is paused when it does
     */
    static void pause(Lineage lineage, Duration patience) {
        try {
            lineage.live().pause(patience);
        } finally {
            if (lineage.live().readModel().isPaused()) {
                lineage.keepPaused(true);
            }
        }
    }

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
                lineage.keepPaused(false);
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
            lineage.keepPaused(false);
        }
        return true;
    }

    private static void giveUp(Generation failed) {
        failed.reads().end();
        failed.reads().closeViews();
        try {
            failed.closeUnstarted();
        } catch (VarveException e) {
            Logs.of(Pausing.class)
                    .log(
                            Level.DEBUG,
                            "It had failed before: {0} {1}",
                            failed.progress().name(),
                            e.what());
        }
    }
}
