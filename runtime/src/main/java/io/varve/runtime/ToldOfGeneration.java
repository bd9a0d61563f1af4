package io.varve.runtime;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What a generation has to tell is told of its projection while it is live, and of its rebuild
 * before that.
 */
record ToldOfGeneration(
        GenerationId id,
        News news,
        BooleanSupplier live,
        Supplier<Optional<Rebuild>> rebuild,
        Path folder)
        implements Progress.Told {
    @Override
    public void state(ProjectionState now) {
        if (live.getAsBoolean()) {
            news.state(now);
        } else {
            rebuild.get()
                    .ifPresent(
                            one -> {
                                news.rebuild(id, one.reachedIn(now));
                                one.settle();
                            });
        }
    }

    @Override
    public void failure(Throwable cause) {
        if (live.getAsBoolean()) {
            news.failure(cause);
        }
    }

    @Override
    public void failing(Throwable cause) {
        if (!live.getAsBoolean()
                && !(cause instanceof ProjectionStuckException)) { // which is of closing it
            rebuild.get()
                    .filter(one -> one.phase() != RebuildPhase.CANCELLED)
                    .map(one -> KeptFailure.of(one.candidate().progress().position(), cause))
                    .ifPresent(kept -> kept.keep(folder));
        }
    }

    @Override
    public void deadLetter(DeadLetter letter, Throwable failure) {
        news.deadLetter(id, letter, failure);
    }

    /** Of one that is neither live nor being rebuilt any more only the log and health tell. */
    @Override
    public void stuck(StuckWorker stuck, Optional<Thread> worker) {
        if (live.getAsBoolean()) {
            news.stuck(stuck, worker, false);
        } else if (rebuild.get().isPresent()) {
            news.stuck(stuck, worker, true);
        }
    }

    @Override
    public void recovered(ReadModelRecovery how) {
        news.recovered(how);
    }

    @Override
    public boolean isLive() {
        return live.getAsBoolean();
    }

    @Override
    public boolean isRebuild() {
        return !live.getAsBoolean() && rebuild.get().isPresent();
    }

    @Override
    public void committed(long position) {
        rebuild.get().ifPresent(one -> one.passed(position));
    }
}
