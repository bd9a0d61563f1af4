package io.varve.runtime;

import io.varve.store.errors.LackOfMemory;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Tells a listener what becomes of one projection: one thing after the other, in order, holding no
 * lock meanwhile. What comes while the listener is busy is told by the thread that is busy with it.
 */
final class News {
    private record RebuildNews(GenerationId generation, RebuildPhase phase) {}

    private static final System.Logger LOG = System.getLogger(News.class.getName());

    private final String projection;
    private final ProjectionListener listener;
    private final LetterLog letters;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private ProjectionState told = ProjectionState.CREATED;
    private Optional<RebuildNews> rebuild = Optional.empty();
    private boolean telling;

    News(String projection, ProjectionListener listener) {
        this.projection = projection;
        this.listener = listener;
        this.letters = new LetterLog(projection);
    }

    /**
     * Tells that the projection is in a state now; goes through the states between where the live
     * generation is another than before.
     */
    void state(ProjectionState now) {
        synchronized (this) {
            if (told == now || told == ProjectionState.STOPPED) {
                return;
            }
            if (!told.canMoveTo(now)) {
                step(ProjectionState.CATCHING_UP);
            }
            if (told != now) {
                step(now);
            }
        }
        tell();
    }

    private void step(ProjectionState next) {
        ProjectionState from = told;
        waiting.add(() -> listener.onStateChange(projection, from, next));
        told = next;
    }

    void failure(Throwable cause) {
        add(() -> listener.onFailure(projection, cause));
    }

    void deadLetter(GenerationId generation, DeadLetter letter, Throwable failure) {
        letters.add(generation, letter, failure);
        add(() -> listener.onDeadLetter(projection, generation, letter));
    }

    void recovered(ReadModelRecovery how) {
        add(() -> listener.onRecovery(projection, how));
    }

    void live(GenerationId from, GenerationId to) {
        add(() -> listener.onLiveGeneration(projection, from, to));
    }

    /** Tells it once, whoever notices it; a rebuild may come back to a phase from another. */
    void rebuild(GenerationId generation, RebuildPhase phase) {
        synchronized (this) {
            Optional<RebuildNews> next = Optional.of(new RebuildNews(generation, phase));
            if (rebuild.equals(next)) {
                return;
            }
            rebuild = next;
            waiting.add(() -> listener.onRebuild(projection, generation, phase));
        }
        tell();
    }

    private void add(Runnable one) {
        synchronized (this) {
            waiting.add(one);
        }
        tell();
    }

    private void tell() {
        synchronized (this) {
            if (telling) {
                return;
            }
            telling = true;
        }
        while (true) {
            Runnable one;
            synchronized (this) {
                one = waiting.poll();
                if (one == null) {
                    telling = false;
                    return;
                }
            }
            tell(one);
        }
    }

    /** Throws nothing: who tells goes on with the next. */
    private void tell(Runnable one) {
        try {
            one.run();
        } catch (Throwable e) {
            try {
                LOG.log(Level.WARNING, "A listener has thrown: projection=" + projection, e);
            } catch (RuntimeException | Error none) {
                if (!LackOfMemory.isCauseOf(none)) { // else there is none to say so either
                    throw none;
                }
            }
        }
    }
}
