package io.varve.store;

import io.varve.store.errors.StoreFullException;
import io.varve.store.lmdb.LmdbWriter;
import java.util.function.Consumer;

/**
 * Changes the log otherwise than by appending: one transaction, while nobody appends. Thread-safe,
 * also for virtual threads.
 */
final class LogChange {
    private final Log log;
    private final LogAppender appender;

    LogChange(Log log, LogAppender appender) {
        this.log = log;
        this.appender = appender;
    }

    /**
     * Makes a change, all or nothing; a map that is full grows, and the change is made again. It is
     * on the disk then.
     *
     * @param change what; called again after the map has grown
     * @throws StoreFullException if there is no room: nothing was changed
     * @throws io.varve.store.errors.StoreFailedException if the disk failed, now or earlier
     */
    void make(Consumer<LmdbWriter> change) {
        VirtualThreads.onPlatformThread(
                () -> {
                    appender.change(() -> commit(change));
                    log.makeDurable();
                });
    }

    private void commit(Consumer<LmdbWriter> change) {
        while (true) {
            boolean committing = false;
            try (LmdbWriter writer = log.writer()) {
                change.accept(writer);
                committing = true;
                writer.commit();
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                log.grow();
            } catch (StoreFullException e) {
                throw e;
            } catch (RuntimeException e) {
                throw committing ? e : new NotCommittedException(e);
            }
        }
    }
}
