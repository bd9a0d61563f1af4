package io.varve.runtime;

import io.varve.projections.ProcessorCloseException;
import io.varve.projections.ProjectionTask;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;

/**
 * Closes tasks. A processor that fails to close is told in the log: what ends does so all the same,
 * and no row is concerned.
 */
final class EndedTask {
    private EndedTask() {}

    static void close(String projection, ProjectionTask task) {
        try {
            task.close();
        } catch (ProcessorCloseException e) {
            Logs.of(EndedTask.class)
                    .log(Level.WARNING, "A processor was not closed: projection=" + projection, e);
        }
    }
}
