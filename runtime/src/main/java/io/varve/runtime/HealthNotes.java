package io.varve.runtime;

import io.varve.projections.Projection;
import io.varve.projections.Source;
import io.varve.projections.Tick;
import io.varve.store.EventStore;
import io.varve.store.Retention;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreIoException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Finds out what is worth knowing of projections and what they hold. Thread-safe. */
final class HealthNotes {
    private final EventStore store;
    private final UnhostedProjections unhosted;

    /** Categories that the log has had events of; which it does not forget. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    /** The others, and the head of the log when they were looked for. */
    private final Map<String, Long> unseenAt = new ConcurrentHashMap<>();

    HealthNotes(EventStore store, UnhostedProjections unhosted) {
        this.store = store;
        this.unhosted = unhosted;
    }

    List<HealthNote> of(List<ProjectionCondition> projections) {
        List<HealthNote> notes = new ArrayList<>();
        try {
            for (ProjectionCondition one : projections) {
                addUnseen(one.projection(), notes);
                addPending(one.status(), notes);
                addEmitting(one, notes);
                addOtherVersion(one, notes);
                addDamaged(one, notes);
            }
            addUnhosted(projections.stream().map(ProjectionCondition::name).toList(), notes);
        } catch (StoreClosedException e) {
            return List.of(); // its projections have failed of the same, which is a problem
        }
        return notes;
    }

    private void addUnseen(HostedProjection one, List<HealthNote> notes) {
        if (store.head() >= 0) {
            Set<String> live = unseen(one.live().projection());
            live.forEach(category -> notes.add(unseen(one.name(), "it", category)));
            one.rebuilding().ifPresent(rebuild -> addUnseen(rebuild, live, notes));
        }
    }

    private void addUnseen(Rebuild rebuild, Set<String> told, List<HealthNote> notes) {
        String who = "its rebuild of generation=" + rebuild.generation();
        unseen(rebuild.definition()).stream()
                .filter(category -> !told.contains(category))
                .forEach(category -> notes.add(unseen(rebuild.projection(), who, category)));
    }

    private Set<String> unseen(Projection definition) {
        return definition.topology().sources().stream()
                .map(Source::category)
                .filter(category -> !category.equals(Tick.STREAM.category()))
                .filter(category -> !isSeen(category))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private boolean isSeen(String category) {
        if (seen.contains(category)) {
            return true;
        }
        long head = store.head();
        if (unseenAt.getOrDefault(category, -1L) == head) {
            return false;
        }
        boolean found = store.streams().of(category).findFirst().isPresent();
        if (found) {
            seen.add(category);
        } else {
            unseenAt.put(category, head);
        }
        return found;
    }

    private static HealthNote unseen(String projection, String who, String category) {
        return new HealthNote(
                HealthNote.Kind.NO_EVENTS,
                projection,
                "The log has never had an event that " + who + " reads: category=" + category,
                "See whether that is its name, if there should be some; streams().categories() of"
                        + " the store has all.");
    }

    private void addPending(ProjectionStatus status, List<HealthNote> notes) {
        ProjectionGenerations generations = status.generations();
        if (generations.isRebuildPending() && generations.rebuildFailure().isEmpty()) {
            GenerationId candidate = generations.candidate().orElseThrow();
            notes.add(
                    new HealthNote(
                            HealthNote.Kind.REBUILD_PENDING,
                            status.name(),
                            "A rebuild was interrupted: generation="
                                    + candidate
                                    + ProjectionHold.of(store.retention(), status.name(), candidate)
                                            .map(hold -> kept(hold.position()))
                                            .orElse(""),
                            "Rebuild it again, which goes on where it was; or end it with"
                                    + " cancelRebuild(\""
                                    + status.name()
                                    + "\")."));
        }
    }

    /** The mark moves with events only: see the decision on events that projections emit. */
    private void addEmitting(ProjectionCondition one, List<HealthNote> notes) {
        one.projection()
                .rebuilding()
                .filter(rebuild -> !rebuild.definition().topology().sinks().isEmpty())
                .filter(rebuild -> rebuild.definition().version() != one.status().version())
                .filter(rebuild -> Emitter.mark(store, one.name()) < one.status().position())
                .ifPresent(
                        rebuild ->
                                notes.add(emitting(one, rebuild, Emitter.mark(store, one.name()))));
    }

    private static HealthNote emitting(ProjectionCondition one, Rebuild rebuild, long mark) {
        return new HealthNote(
                HealthNote.Kind.EMITS_WHEN_PROMOTED,
                one.name(),
                "What a rebuild emits for events that are applied already, and for which the live"
                        + " version has emitted nothing, is appended when it is promoted: generation="
                        + rebuild.generation()
                        + " from="
                        + (mark + 1)
                        + " to="
                        + one.status().position(),
                "If it is to emit for new events only, let its topology leave out those that are of"
                        + " an earlier time, and rebuild it again.");
    }

    private static void addOtherVersion(ProjectionCondition one, List<HealthNote> notes) {
        GenerationId live = one.status().generations().live();
        one.projection()
                .versionAtNextStart()
                .ifPresent(
                        version ->
                                notes.add(
                                        new HealthNote(
                                                HealthNote.Kind.OTHER_VERSION_DEPLOYED,
                                                one.name(),
                                                "Another version than the deployed one is live, until"
                                                        + " the next start: live="
                                                        + live
                                                        + " deployed=v"
                                                        + version,
                                                "Deploy version "
                                                        + live.version()
                                                        + ", if it is to stay.")));
    }

    private static void addDamaged(ProjectionCondition one, List<HealthNote> notes) {
        try {
            one.projection().live().readModel().unusableSnapshots().stream()
                    .filter(UnusableSnapshot::damaged)
                    .map(bad -> damaged(one.name(), "folder=" + bad.folder() + " " + bad.why()))
                    .forEach(notes::add);
        } catch (StoreIoException e) {
            notes.add(damaged(one.name(), e.what()));
        }
    }

    private static HealthNote damaged(String projection, String what) {
        return new HealthNote(
                HealthNote.Kind.SNAPSHOT_DAMAGED,
                projection,
                "A snapshot cannot be used: " + what,
                "See to the disk; then delete that folder, and make another with snapshot(\""
                        + projection
                        + "\").");
    }

    private void addUnhosted(List<String> own, List<HealthNote> notes) {
        unhosted.list(own)
                .forEach(
                        (name, position) ->
                                notes.add(
                                        new HealthNote(
                                                HealthNote.Kind.UNHOSTED,
                                                name,
                                                "No runtime has it:" + kept(position),
                                                "If it will not be deployed again, let go of it with"
                                                        + " forget(\""
                                                        + name
                                                        + "\", ...).")));
    }

    /** What it held from there on may be gone: see {@link Retention#truncateBeforeRegardless}. */
    private String kept(long position) {
        long first = store.retention().firstPosition();
        return position < first
                ? keeps(first) + "; those it had held before are gone, from=" + position
                : keeps(position);
    }

    private static String keeps(long position) {
        return " the log keeps all events from position=" + position;
    }
}
