package io.varve.runtime;

import io.varve.store.errors.ErrorText;
import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.Logs;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Tells a listener what becomes of one projection: one thing after the other, in order, holding no
 * lock meanwhile. What comes while the listener is busy is told by the thread that is busy with it;
 * what a thread has to tell that holds news, and what comes behind that, once it lets them go.
 */
final class News {
    private record RebuildNews(GenerationId generation, RebuildPhase phase) {}

    private final String projection;
    private final ProjectionListener listener;
    private final LetterLog letters;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int held; // of those that wait, the last so many
    private Thread holder; // null where there is none
    private int holds;
    private ProjectionState told = ProjectionState.CREATED;
    private Optional<RebuildNews> rebuild = Optional.empty();
    private Thread teller; // null where there is none

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
        queue(() -> listener.onStateChange(projection, from, next));
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

    /**
     * Tells that a worker is stuck, unless what it works for was told to be over; at once, if it is
     * in the listener itself, which is told nothing else until that returns.
     *
     * @param worker its thread
     * @param rebuilding whether it works for a rebuild, and not for what is live
     */
    void stuck(StuckWorker stuck, Optional<Thread> worker, boolean rebuilding) {
        Runnable one = () -> listener.onStuck(projection, stuck);
        synchronized (this) {
            if (teller == null || !worker.equals(Optional.of(teller))) {
                if (rebuilding
                        ? lastOf(stuck.generation()).filter(RebuildPhase::isOver).isPresent()
                        : told == ProjectionState.STOPPED) {
                    return;
                }
                queue(one);
                one = null;
            }
        }
        if (one == null) {
            tell();
        } else {
            tell(one);
        }
    }

    /** Tells that one begins, or is begun again. */
    void rebuildBegins(GenerationId generation) {
        synchronized (this) {
            step(generation, RebuildPhase.CATCHING_UP);
        }
        tell();
    }

    /** Tells it if there is an arrow that way, whoever notices it, and however late. */
    void rebuild(GenerationId generation, RebuildPhase phase) {
        synchronized (this) {
            Optional<RebuildPhase> last = lastOf(generation);
            if (last.equals(Optional.of(RebuildPhase.CATCHING_UP))
                    && phase == RebuildPhase.PROMOTED) {
                step(generation, RebuildPhase.CAUGHT_UP);
            } else if (!last.map(one -> one.canMoveTo(phase)).orElse(true)) {
                return;
            }
            step(generation, phase);
        }
        tell();
    }

    /** What was told of a rebuild; of one that another has followed, that it was over. */
    private Optional<RebuildPhase> lastOf(GenerationId generation) {
        return rebuild.filter(one -> one.generation().number() >= generation.number())
                .map(
                        one ->
                                one.generation().equals(generation)
                                        ? one.phase()
                                        : RebuildPhase.CANCELLED);
    }

    private void step(GenerationId generation, RebuildPhase phase) {
        rebuild = Optional.of(new RebuildNews(generation, phase));
        queue(() -> listener.onRebuild(projection, generation, phase));
    }

    private void add(Runnable one) {
        synchronized (this) {
            queue(one);
        }
        tell();
    }

    private void queue(Runnable one) {
        waiting.add(one);
        if (holder == Thread.currentThread() || held > 0) {
            held++;
        }
    }

    /** Keeps what this thread has to tell, until it lets go as often; one thread at a time. */
    synchronized void hold() {
        holder = Thread.currentThread();
        holds++;
    }

    /**
     * Takes {@link #hold} back.
     *
     * @return whether it is for the caller to {@link #tellWaiting}, as nobody else does
     */
    synchronized boolean letGo() {
        holds--;
        if (holds > 0) {
            return false;
        }
        holder = null;
        held = 0;
        boolean mine = teller == null && !waiting.isEmpty();
        if (mine) {
            teller = Thread.currentThread();
        }
        return mine;
    }

    private void tell() {
        synchronized (this) {
            if (teller != null || holder == Thread.currentThread()) {
                return;
            }
            teller = Thread.currentThread();
        }
        tellWaiting();
    }

    /** Tells what waits, by the one thread that does. */
    void tellWaiting() {
        while (true) {
            Runnable one;
            synchronized (this) {
                if (waiting.size() == held) {
                    teller = null;
                    return;
                }
                one = waiting.remove();
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
                Logs.of(News.class)
                        .log(
                                Level.WARNING,
                                "A listener has thrown: projection=" + projection,
                                ErrorText.printable(e));
            } catch (RuntimeException | Error none) {
                if (!LackOfMemory.isCauseOf(none)) { // else there is none to say so either
                    throw none;
                }
            }
        }
    }
}
