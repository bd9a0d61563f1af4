package io.varve.runtime;

import io.varve.projections.Outbox;
import io.varve.projections.Projection;
import io.varve.runtime.ReadModelRecovery.Reason;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateConfig;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Opens the keyed state of a generation. What cannot be gone on with is derived, so it is set aside
 * and begun anew, with the newest snapshot that can be used or with nothing:
 *
 * <pre>
 *   found                                    then
 *   a checkpoint of this history             gone on with
 *   none, and no usable snapshot             begins at the beginning of the log
 *   none, but a snapshot, or it was there,   begun anew: DELETED
 *   or events are kept for its projection
 *   of which there is nothing
 *   damaged, or not to be proved             set aside, begun anew: DAMAGED
 *   a checkpoint of another history          set aside, begun anew: OTHER_HISTORY
 *   emitted events that it has let go of     the same, without a snapshot
 *   are not in the log
 *   that of another partition, generation    set aside, begun anew: OTHER_READ_MODEL
 *   or projection
 *   events behind it are gone from the log   set aside, begun anew with a snapshot that reaches
 *                                            further: TRUNCATED; refused where there is none
 *   an LMDB file without our mark            refused; it is not ours to move
 * </pre>
 *
 * <p>One that is begun anew is paused if that could still be read, is known to this process or in
 * the catalogue, see {@link ModelPause}, and runs otherwise, whatever was so when its snapshot was
 * made, or in another read model.
 */
final class StateOpening {
    /** What a generation goes on with. */
    record Opened(StateEnvironment environment, Found found, Optional<ReadModelRecovery> recovery) {
        /** That of one which is open already. */
        static Opened of(StateEnvironment environment) {
            return new Opened(environment, StateOpening.found(environment), Optional.empty());
        }

        long position() {
            return found.checkpoint().map(Checkpoint::position).orElse(-1L);
        }
    }

    /** What an environment says of itself. */
    record Found(Optional<Checkpoint> checkpoint, boolean paused, Optional<String> place) {}

    private record Trouble(Reason reason, String detail) {}

    /** Behind the name of a folder that was set aside. */
    static final String ASIDE = ".set-aside";

    private static final String DATA = "data.mdb";
    private static final String MARK = "varve.mark";

    private final Projection projection;
    private final ReadModelPlace place;
    private final StateConfig config;
    private final Snapshots snapshots;
    private final RuntimeContext context;

    /**
     * Describes it.
     *
     * @param config where, and with which tables
     */
    StateOpening(
            Projection projection,
            ReadModelPlace place,
            StateConfig config,
            Snapshots snapshots,
            RuntimeContext context) {
        this.projection = projection;
        this.place = place;
        this.config =
                config.withBarrier(
                        new LogBarrier(context.store(), !projection.topology().sinks().isEmpty()));
        this.snapshots = snapshots;
        this.context = context;
    }

    private Path folder() {
        return config.path();
    }

    /**
     * Opens it, whatever that takes.
     *
     * @param expected what is known of one before
     * @throws HistoryTruncatedException if events behind it are gone, and no snapshot helps
     * @throws IncompatibleStoreException if a file of others is in its place
     */
    Opened open(Known expected) {
        if (!Files.exists(folder(), LinkOption.NOFOLLOW_LINKS) && isMissed(expected)) {
            return beginAnew(missed(expected), false);
        }
        boolean ours = Files.exists(folder().resolve(MARK), LinkOption.NOFOLLOW_LINKS);
        StateEnvironment environment;
        Found found;
        try {
            environment = StateEnvironment.open(config);
            found = found(environment);
        } catch (StoreCorruptedException e) {
            return beginAnew(e, false);
        } catch (IncompatibleStoreException e) {
            if (!ours) {
                throw e;
            }
            return beginAnew(new Trouble(Reason.DAMAGED, e.what()), false);
        }
        Optional<String> other = place.contradicts(found.place());
        if (other.isPresent()) {
            environment.close();
            return beginAnew(new Trouble(Reason.OTHER_READ_MODEL, other.get()), false);
        }
        Optional<Trouble> trouble;
        try {
            trouble = trouble(found.checkpoint(), expected).or(() -> lost(environment));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
        if (trouble.isEmpty()) {
            return new Opened(environment, found, Optional.empty());
        }
        environment.close();
        return beginAnew(trouble.get(), found.paused());
    }

    private static Found found(StateEnvironment environment) {
        try (StateView view = environment.ownView()) {
            return new Found(view.checkpoint(), Life.isPaused(view), ReadModelPlace.kept(view));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /** Whether there should be something. */
    private boolean isMissed(Known expected) {
        return expected != Known.NEW || snapshots.hasUsable(context.history());
    }

    private Trouble deleted() {
        return new Trouble(Reason.DELETED, "nothing in folder=" + folder());
    }

    private Trouble missed(Known expected) {
        return expected == Known.LOST
                ? new Trouble(
                        Reason.DELETED,
                        "the log keeps events for a projection of this name, whose folder is gone, or"
                                + " was another one: folder="
                                + folder())
                : deleted();
    }

    private Optional<Trouble> trouble(Optional<Checkpoint> checkpoint, Known expected) {
        if (checkpoint.isEmpty()) {
            return isMissed(expected) ? Optional.of(missed(expected)) : Optional.empty();
        }
        Checkpoint found = checkpoint.get();
        try {
            return context.history()
                    .contradicts(found)
                    .map(why -> new Trouble(Reason.OTHER_HISTORY, why + " checkpoint=" + found));
        } catch (EventsTruncatedException e) {
            if (!snapshots.hasUsable(context.history())) {
                throw new HistoryTruncatedException(
                        projection.name(), folder(), found.position() + 1, e.firstPosition());
            }
            return Optional.of(new Trouble(Reason.TRUNCATED, e.what()));
        }
    }

    /** Whether it has let go of emitted events that this log does not have. */
    private Optional<Trouble> lost(StateEnvironment environment) {
        if (projection.topology().sinks().isEmpty()) {
            return Optional.empty();
        }
        long mark = Emitter.mark(context.store(), projection.name());
        try (StateView view = environment.ownView()) {
            long known = Outbox.known(view);
            return known <= mark
                    ? Optional.empty()
                    : Optional.of(
                            new Trouble(
                                    Reason.OTHER_HISTORY,
                                    "the log had emitted events that it has not: through="
                                            + known
                                            + " mark="
                                            + mark));
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /** Whether the log has all that was emitted. */
    boolean isSent(StateEnvironment environment) {
        long mark = Emitter.mark(context.store(), projection.name());
        try (StateView view = environment.ownView()) {
            return Outbox.next(view, mark, 1).isEmpty();
        }
    }

    /** Opens it with more tables, when it was closed. */
    StateEnvironment openWith(Set<String> tables) {
        return StateEnvironment.open(config.withTables(tables.toArray(String[]::new)));
    }

    History history() {
        return context.history();
    }

    /** Makes what was copied from elsewhere that of this place, which is not paused. */
    void settle(long begunAt) {
        try (StateEnvironment copy = StateEnvironment.open(config)) {
            try (StateTransaction transaction = copy.begin()) {
                place.keep(transaction);
                Life.begin(transaction, begunAt);
                transaction.commit();
            }
            copy.sync();
        }
        context.reached("recovery.settled");
    }

    /** Tells that a step of a change is done. */
    void reached(String step) {
        context.reached(step);
    }

    /** Older ones may have let go of them as well; the log has all they are made of. */
    private Snapshots.Restored withoutSnapshot(Snapshots.Restored restored, Trouble lost) {
        try {
            DurableFolder.delete(folder());
        } catch (IOException e) {
            throw DurableFolder.failed("A snapshot could not be removed", folder(), e);
        }
        List<String> passedOver = new ArrayList<>();
        restored.snapshot().ifPresent(one -> passedOver.add(one.folders() + ": " + lost.detail()));
        passedOver.addAll(restored.passedOver());
        return new Snapshots.Restored(Optional.empty(), passedOver);
    }

    /** Whether it has its file, which may have been deleted while it was open. */
    boolean isThere() {
        return Files.exists(folder().resolve(DATA), LinkOption.NOFOLLOW_LINKS);
    }

    /** Begins anew with one whose environment is closed, in which damage was found or is gone. */
    Opened beginAnew(Optional<StoreCorruptedException> damage, boolean paused) {
        return damage.isPresent() && isThere()
                ? beginAnew(damage.get(), paused)
                : beginAnew(deleted(), paused);
    }

    private Opened beginAnew(StoreCorruptedException damage, boolean paused) {
        return beginAnew(new Trouble(Reason.DAMAGED, damage.what()), paused);
    }

    /** Whether one that was set aside was paused, if its pages fit together. */
    private boolean wasPaused(Path aside) {
        StateConfig there =
                new StateConfig(aside, config.tables(), config.initialMapBytes())
                        .withRefusesChanged(false);
        try (StateEnvironment left = StateEnvironment.open(there);
                StateView view = left.ownView()) {
            return Life.isPaused(view);
        } catch (VarveException e) {
            return false; // nothing can be known of it
        }
    }

    private Opened beginAnew(Trouble trouble, boolean paused) {
        Optional<Path> aside = setAside(trouble.reason());
        boolean stays =
                paused
                        || trouble.reason() == Reason.DAMAGED
                                && aside.filter(this::wasPaused).isPresent();
        context.reached("recovery.begun");
        Snapshots.Restored restored = snapshots.restoreNewest(context.history(), folder());
        StateEnvironment environment = StateEnvironment.open(config);
        Optional<Trouble> lost = lost(environment);
        if (lost.isPresent()) {
            environment.close();
            restored = withoutSnapshot(restored, lost.get());
            environment = StateEnvironment.open(config);
        }
        long from = restored.snapshot().map(ProjectionSnapshot::position).orElse(-1L);
        ReadModelRecovery recovery =
                new ReadModelRecovery(
                        trouble.reason(),
                        place.partition().isWhole()
                                ? trouble.detail()
                                : "partition=" + place.partition() + " " + trouble.detail(),
                        from,
                        aside,
                        restored.passedOver(),
                        letters(environment));
        Logs.of(StateOpening.class)
                .log(
                        Level.WARNING,
                        "A read model is begun anew: projection={0} {1}",
                        projection.name(),
                        recovery);
        Found found = found(environment);
        if (found.paused() != stays) {
            setPaused(environment, stays);
        }
        return new Opened(
                environment,
                new Found(found.checkpoint(), stays, found.place()),
                Optional.of(recovery));
    }

    /** Those that can be retried. */
    private static long letters(StateEnvironment environment) {
        long[] letters = {0};
        try (StateView view = environment.ownView()) {
            LetterRows.scanHeld(view, (stream, held) -> letters[0] += held.letters());
            return letters[0];
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    private static void setPaused(StateEnvironment environment, boolean paused) {
        try {
            Life.setPaused(environment, paused);
        } catch (RuntimeException | Error e) {
            environment.close();
            throw e;
        }
    }

    /** One at most is kept: it is for looking at what has happened, and takes room. */
    private Optional<Path> setAside(Reason reason) {
        Path aside = folder().resolveSibling(folder().getFileName() + ASIDE);
        try {
            if (reason == Reason.DELETED) {
                DurableFolder.delete(folder()); // opened just now, and empty
                return Optional.empty();
            }
            DurableFolder.delete(aside);
            Files.move(folder(), aside, StandardCopyOption.ATOMIC_MOVE);
            DurableFolder.sync(folder().toAbsolutePath().getParent());
            return Optional.of(aside);
        } catch (IOException e) {
            throw DurableFolder.failed("A read model could not be set aside", folder(), e);
        }
    }

    /** The tables of a read model. */
    static StateConfig config(Path folder, List<String> tables) {
        return StateConfig.at(folder).withTables(tables.toArray(String[]::new));
    }
}
