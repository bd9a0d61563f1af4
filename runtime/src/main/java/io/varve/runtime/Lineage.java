package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreLockedException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The generations of a projection, as its catalogue says, and which of them are open. Each change
 * is one write of the catalogue, and then what follows from it: wherever a process is killed, one
 * generation is live. Changed by one thread at a time; read by anyone.
 */
final class Lineage {
    /** Makes generations, which are not open yet. */
    interface Maker {
        Generation make(GenerationId id, Path at, Projection definition, ProjectionConfig config);
    }

    private final String projection;
    private final Path parent;
    private final RuntimeContext context;
    private final Maker maker;
    private Optional<HostedNames.Taken> name = Optional.empty();
    private Optional<ProjectionFolder> folder = Optional.empty();
    private volatile Optional<Catalogue> catalogue = Optional.empty();
    private volatile Generation live;
    private final PendingRebuild pending;
    private volatile Optional<Generation> previous = Optional.empty();
    private final LeftGenerations left;

    Lineage(
            Projection definition,
            ProjectionConfig config,
            Path parent,
            RuntimeContext context,
            Maker maker,
            Consumer<Runnable> betweenChanges) {
        this.projection = definition.name();
        this.parent = parent;
        this.context = context;
        this.maker = maker;
        this.pending = new PendingRebuild(projection);
        this.left = new LeftGenerations(projection, betweenChanges, this::sweep);
        GenerationId unknown = new GenerationId(0, definition.version());
        live = maker.make(unknown, parent.resolve(projection), definition, config);
    }

    Generation live() {
        return live;
    }

    /** The one that was live before, if it is open. */
    Optional<Generation> previous() {
        return previous;
    }

    /** Those that are not read, but have code that has not come back. */
    List<Generation> hung() {
        return Stream.concat(left.hung(), previous.stream().filter(one -> !one.isIdle())).toList();
    }

    ProjectionGenerations describe(boolean rebuilding, Optional<Throwable> rebuildFailure) {
        return catalogue
                .map(
                        known ->
                                new ProjectionGenerations(
                                        known.live(),
                                        known.previous(),
                                        known.candidate(),
                                        rebuilding,
                                        rebuildFailure.or(pending::failure)))
                .orElseGet(
                        () ->
                                new ProjectionGenerations(
                                        live.id(), Optional.empty(), Optional.empty(), false));
    }

    /**
     * Opens what is to be live; what goes wrong is its failure.
     *
     * @throws StoreLockedException if its folder is in use
     */
    void open(GivenDefinitions given, ProjectionConfig config) {
        try {
            context.reached("open.unknown");
            name = Optional.of(HostedNames.take(context.store(), projection, parent));
            ProjectionFolder opened = ProjectionFolder.open(parent, projection);
            folder = Optional.of(opened);
            Optional<Catalogue> kept = opened.read();
            Projection served = given.served(kept);
            Catalogue now =
                    kept.map(known -> known.startedWith(served.version()))
                            .orElseGet(() -> Catalogue.first(served.version()));
            if (!kept.equals(Optional.of(now))) {
                opened.write(now);
            }
            catalogue = Optional.of(now);
            opened.adopt(now.live());
            Generation unknown = live;
            live = maker.make(now.live(), opened.of(now.live()), served, config);
            unknown.progress().wake(); // who has waited for it since before waits for this one
            openLive(
                    ProjectionHold.known(
                            context.store().retention(), projection, kept, now.live()));
            now.candidate().ifPresent(id -> pending.lookAt(id, opened.of(id)));
            live.progress().failure().ifPresentOrElse(this::logFailure, this::sweep);
        } catch (StoreLockedException e) {
            throw e;
        } catch (Throwable e) {
            logFailure(e);
            live.progress().fail(e);
        }
    }

    private void openLive(Known known) {
        try {
            open(live, known);
            if (live.readModel().isPaused()) {
                keepPaused(true); // by an earlier version, or it was killed meanwhile
            }
            left.takeForeign(live.id());
        } catch (StoreLockedException e) {
            // The catalogue is ours: so it is code of a runtime that was closed in this process.
            left.addForeign(live.id());
            live.progress().fail(ProjectionHostedException.leftBehind(projection, parent));
        }
    }

    private void open(Generation one, Known known) {
        one.open(known, catalogue().paused().contains(one.id()));
    }

    /** Keeps beside its files, which may be lost, whether what is live is paused. */
    void keepPaused(boolean now) {
        if (catalogue().paused().contains(live.id()) != now) {
            write(catalogue().with(live.id(), now));
        }
    }

    /** Opens what is to be live again, in place of one that has failed and is closed. */
    void openAgain(GivenDefinitions given, ProjectionConfig config) {
        close();
        open(given, config);
        if (live.progress().failure().isPresent()) {
            throw live.progress().failed();
        }
    }

    private void logFailure(Throwable why) {
        Logs.of(Lineage.class).log(Level.ERROR, "Cannot start: projection=" + projection, why);
    }

    /** Takes {@link #open} back. */
    void closeUnstarted() {
        live.closeUnstarted();
        close();
    }

    /** Gives the folder back; its generations are closed by then, or left behind. */
    void close() {
        folder.ifPresent(ProjectionFolder::close);
        folder = Optional.empty();
        name.ifPresent(HostedNames.Taken::giveBack);
        name = Optional.empty();
    }

    private ProjectionFolder folder() {
        return folder.orElseThrow(
                () ->
                        live.progress().failure().isPresent() // it was tried
                                ? live.progress().failed()
                                : new IllegalStateException(
                                        "Call start() before anything else: projection="
                                                + projection));
    }

    void checkOpen() {
        if (live.id().number() == 0 && live.progress().state() == ProjectionState.CREATED) {
            folder();
        }
    }

    private Catalogue catalogue() {
        folder();
        // Without one, the reason is why the live generation has failed.
        return catalogue.orElseThrow(() -> live.progress().failed());
    }

    private void write(Catalogue next) {
        folder().write(next);
        catalogue = Optional.of(next);
    }

    private void sweep() {
        left.sweep(folder(), catalogue(), context.store().retention());
    }

    /** Opens the candidate: one whose rebuild was interrupted, or a new one. */
    Candidate openCandidate(Projection definition, ProjectionConfig given, RebuildStart from) {
        ProjectionConfig config = given.withStateOf(); // all of it is of one definition
        Optional<GenerationId> replaced = catalogue().candidate();
        Optional<GenerationId> same = replaced.filter(id -> id.version() == definition.version());
        Optional<BegunAnew> insteadOf = Optional.empty();
        if (same.isPresent()) {
            Generation again = make(same.get(), definition, config);
            Optional<Throwable> why = openAgain(again);
            if (why.isEmpty()) {
                pending.goesOn(folder().of(same.get()));
                return Candidate.goingOn(again);
            }
            insteadOf = Optional.of(BegunAnew.insteadOf(same.get(), why.get()));
        }
        Catalogue next = catalogue().withCandidate(definition.version());
        GenerationId other = next.candidate().orElseThrow();
        Generation begun = make(other, definition, config);
        List<String> passedOver = List.of();
        if (from.snapshotUpTo().isPresent()) {
            // Before it is named: killed meanwhile, half of it is a left-over.
            sweep();
            long most = from.snapshotUpTo().getAsLong();
            passedOver = begun.readModel().restore(live.readModel(), most);
            context.reached("rebuild.restored");
        }
        write(next);
        replaced.ifPresent(gone -> pending.isReplaced(gone, other));
        context.reached("rebuild.written");
        sweep();
        open(begun, Known.NEW);
        if (begun.progress().failure().isPresent()) {
            begun.finish(System.nanoTime());
            dropCandidate();
            throw ProjectionFailedException.ofUnbegun(
                    projection, begun.id(), begun.progress().lastFailure());
        }
        return new Candidate(begun, insteadOf, passedOver);
    }

    /** Opens one whose rebuild was interrupted; tells why, if it cannot be gone on with. */
    private Optional<Throwable> openAgain(Generation again) {
        Optional<Throwable> why;
        try {
            open(again, Known.NAMED);
            why = again.progress().failure();
        } catch (StoreLockedException e) {
            // The catalogue is ours: so it is code of a runtime that was closed in this process.
            left.addForeign(again.id());
            why = Optional.of(e);
        }
        if (why.isPresent()) {
            again.finish(System.nanoTime());
        }
        return why;
    }

    private Generation make(GenerationId id, Projection definition, ProjectionConfig config) {
        return maker.make(id, folder().of(id), definition, config);
    }

    /** Forgets and deletes the candidate, which is closed. */
    void dropCandidate() {
        write(catalogue().withoutCandidate());
        pending.isGone();
        context.reached("cancel.written");
        sweep();
    }

    /** Makes the candidate live, which is at least as far as the live one and on the disk. */
    void promote(Generation candidate) {
        write(catalogue().promoted());
        Optional<Generation> older = previous;
        previous = Optional.of(live);
        live = candidate;
        try {
            context.reached("promote.written");
            older.ifPresent(this::finish);
            sweep();
            context.reached("promote.swept");
        } catch (RuntimeException e) {
            // It is live all the same; the next sweep, or start, deletes what is left.
            Logs.of(Lineage.class)
                    .log(Level.WARNING, "A generation is left: projection=" + projection, e);
        }
    }

    /** Closes a generation, or leaves it to its stuck code. */
    void finish(Generation gone) {
        Duration patience = context.config().shutdownTimeout();
        left.finish(gone, System.nanoTime() + patience.toNanos());
    }

    /** What is to be live when the runtime is started again with what was given this time. */
    Optional<Projection> servedNext(GivenDefinitions given) {
        return catalogue.map(known -> given.served(Optional.of(known)));
    }

    Optional<GenerationId> candidateId() {
        return catalogue().candidate();
    }

    /** Likewise; empty if it is not known which generations there are. */
    Optional<GenerationId> knownCandidate() {
        return catalogue.flatMap(Catalogue::candidate);
    }

    GenerationId previousId() {
        return catalogue()
                .previous()
                .orElseThrow(() -> new NoPreviousGenerationException(projection, live.id()));
    }

    /** Opens the previous generation, if it is not. */
    Generation openPrevious(Projection definition, ProjectionConfig config) {
        GenerationId id = previousId();
        if (previous.filter(one -> one.readModel().canGoOn()).isPresent()) {
            return previous.get();
        }
        if (id.version() != definition.version()) {
            throw ChangedDefinitionException.ofPrevious(
                    projection, folder().of(id), id.version(), definition.version());
        }
        // It could not be opened, or begun anew, when it was live.
        previous.ifPresent(this::finish);
        previous = Optional.empty();
        // In as many partitions as it was computed in, whatever is asked for now.
        int partitions = PartitionFolders.found(folder().of(id)).orElse(config.partitions());
        Generation opened = make(id, definition, config.withPartitions(partitions));
        open(opened, Known.NAMED);
        if (opened.progress().failure().isPresent()) {
            opened.finish(System.nanoTime());
            throw ProjectionFailedException.ofPrevious(
                    projection, id, opened.progress().position(), opened.progress().lastFailure());
        }
        previous = Optional.of(opened);
        return opened;
    }

    /** Makes the previous generation live, which is open. */
    void rollback() {
        Generation back = previous.orElseThrow();
        write(catalogue().rolledBack());
        context.reached("rollback.written");
        previous = Optional.of(live);
        live = back;
    }

    /**
     * Deletes the previous generation.
     *
     * @throws ProjectionStuckException if its code does not come back; it is the previous one still
     */
    void discard() {
        GenerationId id = previousId();
        Optional<Generation> closed = previous;
        previous = Optional.empty();
        closed.ifPresent(this::finish);
        if (left.hung(id).isPresent()) {
            throw left.hung(id).get().stuck();
        }
        write(catalogue().withoutPrevious());
        context.reached("discard.written");
        sweep();
        context.reached("discard.swept");
    }

    /** Forgets the candidate, whose code may not have come back; it is deleted with the rest. */
    void forgetCandidate() {
        if (knownCandidate().isPresent()) {
            write(catalogue().withoutCandidate());
        }
    }

    /** Releases all holds; what is left is closed. */
    void leave(boolean delete) {
        if (catalogue.isEmpty()) {
            if (delete) {
                folder.ifPresent(ProjectionFolder::deleteAll);
            }
            return;
        }
        if (delete && left.hasForeign()) {
            throw ProjectionHostedException.removedBeforeItsCode(projection, parent);
        }
        if (delete) {
            // A killed process must not leave half a generation to be taken for a whole one.
            write(catalogue().deleted());
            context.reached("remove.written");
            sweep();
            folder().deleteAll();
        }
        ProjectionHold.releaseAll(context.store().retention(), projection);
    }
}
