package io.varve.store.lmdb;

import io.varve.store.errors.Logs;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Each commit syncs by itself; what is left to do is to mark whether the environment was closed.
 */
final class MarkedSync implements CommitSync {
    private final LmdbEnvironment environment;
    private final SyncFile file;
    private final byte[] tag;
    private final ClosingSum closingSum;
    private volatile boolean failed;

    /**
     * Marks it as open.
     *
     * @param before how it was left, if that is known
     * @param closingSum see {@link LmdbOptions}
     */
    MarkedSync(LmdbEnvironment environment, Optional<SyncState> before, ClosingSum closingSum) {
        this.environment = environment;
        this.closingSum = closingSum;
        this.tag = before.map(SyncState::tag).orElse(new byte[0]);
        if (before.isEmpty() || before.get().use() != SyncState.CLOSED) {
            environment.syncNative();
        }
        this.file =
                SyncFile.open(
                        environment.folder(),
                        SyncState.SYNCED,
                        DataFile.newestMeta(environment.folder()),
                        tag);
    }

    @Override
    public void failed() {
        failed = true;
    }

    @Override
    public void sync() {
        environment.syncNative();
    }

    @Override
    public void ended() {
        try (file) {
            if (!failed && !environment.isGone() && !environment.gate().isRefused()) {
                MetaPage newest = DataFile.newestMeta(environment.folder());
                file.writeClosed(newest, tag, closingSum);
            }
        } catch (IOException | RuntimeException e) {
            // Then it counts as not closed, which costs a check at the next opening.
            Logs.of(MarkedSync.class)
                    .log(Level.WARNING, "An environment could not be marked as closed", e);
        }
    }
}
