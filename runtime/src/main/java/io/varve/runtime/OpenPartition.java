package io.varve.runtime;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.projections.StoreTransition;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One partition of a read model that is open: its keyed state and its snapshots. Opened, begun anew
 * and closed by one thread at a time; read by anyone.
 */
final class OpenPartition {
    /** Behind the name of the folder of a keyed state. */
    static final String SNAPSHOTS = ".snapshots";

    private static final String RESUME =
            "Resume the projection: its read model is begun anew then, by itself. What is open can"
                    + " be read until then.";

    private final Projection projection;
    private final ReadModelPlace place;
    private final Path folder;
    private final Snapshots snapshots;
    private final StateOpening state;
    private final Clock clock;
    private final ProjectionConfig config;
    private volatile Optional<StateEnvironment> environment = Optional.empty();
    private Definition.Kept definition;
    private volatile List<DefinitionChange> changes = List.of();
    private LetterBook letters;

    OpenPartition(
            Projection projection,
            ReadModelPlace place,
            ProjectionConfig config,
            Path generation,
            RuntimeContext context) {
        this.projection = projection;
        this.config = config;
        this.place = place;
        this.clock = context.store().config().clock();
        this.folder = PartitionFolders.of(generation, place.partition());
        Path kept = folder.resolveSibling(folder.getFileName() + SNAPSHOTS);
        this.snapshots = new Snapshots(kept, projection, place.partition());
        List<String> tables = new ArrayList<>(projection.topology().tables());
        tables.addAll(
                List.of(Definition.TABLE, Life.TABLE, LetterRows.LETTERS, LetterRows.QUARANTINE));
        this.state =
                new StateOpening(
                        projection, place, StateOpening.config(folder, tables), snapshots, context);
    }

    Partition partition() {
        return place.partition();
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** What is open; empty before, after, and where opening has failed. */
    Optional<StateEnvironment> environment() {
        return environment;
    }

    /** Opens it, or begins it anew; also where damage is in a row that must be read at once. */
    StateOpening.Opened open(Known expected) {
        StateOpening.Opened now = state.open(expected);
        try {
            return opened(now);
        } catch (StoreCorruptedException e) {
            now.environment().close();
            return opened(state.beginAnew(Optional.of(e), now.found().paused()));
        } catch (RuntimeException | Error e) {
            now.environment().close();
            throw e;
        }
    }

    private StateOpening.Opened opened(StateOpening.Opened now) {
        definition = Definition.read(now.environment());
        changes = definition.changes();
        letters = new LetterBook(projection.name(), config.maxDeadLetters(), purge());
        letters.load(now.environment());
        environment = Optional.of(now.environment());
        return now;
    }

    /**
     * Begins with the newest snapshot of another, up to a position, if one can be used.
     *
     * @return newer ones that could not be used, and why
     */
    List<String> restore(OpenPartition other, long most) {
        Snapshots.Restored restored =
                other.snapshots.restoreNewest(projection, state.history(), folder, most);
        restored.snapshot().ifPresent(one -> state.settle(one.position()));
        return place.partition().isWhole()
                ? restored.passedOver()
                : restored.passedOver().stream()
                        .map(one -> "partition=" + place.partition() + " " + one)
                        .toList();
    }

    /** Whether damage was found in what is open. */
    boolean isDamaged() {
        return environment.flatMap(StateEnvironment::damage).isPresent();
    }

    /** Why what is open cannot be gone on with as it is: damage, or its files are gone. */
    Optional<Throwable> trouble() {
        return environment.flatMap(
                open ->
                        open.damage().isPresent() || state.isThere()
                                ? open.damage().map(found -> found)
                                : Optional.of(gone()));
    }

    private StoreCorruptedException gone() {
        return new StoreCorruptedException(
                "the files of a read model were deleted while it was open: path=" + folder, RESUME);
    }

    /** Begins anew if damage was found, or it is gone; tells of it as it is otherwise. */
    StateOpening.Opened openAgain(boolean paused) {
        StateEnvironment open = environment.orElseThrow();
        if (open.damage().isEmpty() && state.isThere()) {
            try {
                return opened(StateOpening.Opened.of(open));
            } catch (StoreCorruptedException e) {
                // Nobody has met it before; it is closed.
                return opened(state.beginAnew(Optional.of(e), paused));
            }
        }
        closeDamaged(open);
        return opened(state.beginAnew(open.damage(), paused));
    }

    private void closeDamaged(StateEnvironment open) {
        try {
            open.close();
        } catch (StoreCorruptedException e) {
            Logs.of(OpenPartition.class)
                    .log(Level.DEBUG, "What is begun anew was closed with damage in it", e);
        }
    }

    /**
     * Compares its definition, keeps it, or lets it be another, and keeps its place.
     *
     * @param together whether all partitions are at one position
     * @throws ChangedDefinitionException if it is another, and that was not asked for or cannot be
     */
    PartitionModel model(boolean together) {
        Optional<String> missing = definition.missing(projection);
        if (missing.isPresent() && !definition.isNew()) {
            throw ChangedDefinitionException.unknown(projection.name(), folder, missing.get());
        }
        Optional<String> difference = definition.difference(projection);
        if (difference.isPresent()) {
            change(difference.get(), together);
        } else {
            Definition.keep(definition, projection, place, environment.orElseThrow());
        }
        StateEnvironment open = environment.orElseThrow();
        place.settle(open);
        return new PartitionModel(partition(), open, letters);
    }

    private void change(String difference, boolean together) {
        StoreTransition transition = definition.transition(projection);
        boolean wanted = definition.fingerprint().filter(config.stateOf()::contains).isPresent();
        if (!wanted || !transition.isPossible()) {
            throw ChangedDefinitionException.of(
                    projection.name(), folder, difference, definition, transition);
        }
        if (!together) {
            throw ChangedDefinitionException.apart(projection.name(), folder, definition);
        }
        StateEnvironment open = openWith(transition.cleared());
        state.reached("definition.opened");
        if (transition.dropped().contains(StoreTransition.EMITTED) && !state.isSent(open)) {
            throw ChangedDefinitionException.unsent(projection.name(), folder, definition);
        }
        changes = Definition.change(definition, projection, transition, open);
        Logs.of(OpenPartition.class)
                .log(
                        Level.WARNING,
                        "A read model goes on with another definition: projection={0} partition={1} {2}",
                        projection.name(),
                        partition(),
                        changes.get(changes.size() - 1).line());
        state.reached("definition.changed");
    }

    /** Tables that are not declared any more can be emptied where they are open as well. */
    private StateEnvironment openWith(Set<String> tables) {
        StateEnvironment open = environment.orElseThrow();
        if (open.tables().containsAll(tables)) {
            return open;
        }
        open.close();
        environment = Optional.empty();
        environment = Optional.of(state.openWith(tables));
        return environment.get();
    }

    /** How its definition has changed while its rows were kept, the latest last. */
    List<DefinitionChange> changes() {
        return changes;
    }

    private LetterPurge purge() {
        return new LetterPurge(projection.name(), config.letterRetention(), clock);
    }

    /** The last position that is committed; -1 if none. */
    long committed() {
        if (environment.isEmpty()) {
            return -1;
        }
        try (StateView view = environment.get().ownView()) {
            return view.checkpoint().map(Checkpoint::position).orElse(-1L);
        }
    }

    void close() {
        environment.ifPresent(StateEnvironment::close);
    }

    /** Closes it, as if it had not been opened. */
    void closeUnstarted() {
        Optional<StateEnvironment> open = environment;
        environment = Optional.empty();
        open.ifPresent(StateEnvironment::close);
    }
}
