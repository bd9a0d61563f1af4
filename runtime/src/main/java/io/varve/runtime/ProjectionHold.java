package io.varve.runtime;

import io.varve.store.Hold;
import io.varve.store.Retention;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.VarveException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a projection keeps in the log: all events behind its checkpoint and its oldest dead letter,
 * and likewise of each snapshot that is kept, so that retention does not take them away from under
 * it. Named {@code projection/NAME/generation-NUMBER}; set when the projection is opened, moved
 * when it is closed, and asked for in between when somebody truncates.
 */
final class ProjectionHold {
    /** How the names of all such holds begin. */
    private static final String ALL = "projection/";

    private final Retention retention;
    private final String name;
    private final Supplier<OptionalLong> neededBySnapshots;
    private long start;
    private Optional<Retention.Following> following = Optional.empty();

    ProjectionHold(
            Retention retention,
            String projection,
            GenerationId generation,
            Supplier<OptionalLong> neededBySnapshots) {
        this.neededBySnapshots = neededBySnapshots;
        this.retention = retention;
        this.name = name(projection, generation);
    }

    private static String name(String projection, GenerationId generation) {
        return prefix(projection) + "generation-" + generation.number();
    }

    private static String prefix(String projection) {
        return ALL + projection + "/";
    }

    /** What any generation of a projection holds, the lowest first. */
    static List<Hold> of(Retention retention, String projection) {
        return retention.holds().stream()
                .filter(hold -> hold.name().startsWith(prefix(projection)))
                .toList();
    }

    /**
     * What is known of one that is to be live: by its catalogue, or, without one, by what is held.
     */
    static Known known(
            Retention retention, String projection, Optional<Catalogue> kept, GenerationId id) {
        if (kept.isPresent()) {
            return kept.get().all().anyMatch(id::equals) ? Known.NAMED : Known.NEW;
        }
        String generation = prefix(projection) + "generation-"; // not one of an earlier version
        return of(retention, projection).stream().anyMatch(one -> one.name().startsWith(generation))
                ? Known.LOST
                : Known.NEW;
    }

    /** What a generation holds. */
    static Optional<Hold> of(Retention retention, String projection, GenerationId generation) {
        return retention.holds().stream()
                .filter(hold -> hold.name().equals(name(projection, generation)))
                .findFirst();
    }

    /** The first position that is held for each projection, by name. */
    static SortedMap<String, Long> byProjection(Retention retention) {
        SortedMap<String, Long> first = new TreeMap<>();
        for (Hold hold : retention.holds()) {
            int end = hold.name().lastIndexOf('/');
            if (hold.name().startsWith(ALL) && end >= ALL.length()) {
                first.merge(hold.name().substring(ALL.length(), end), hold.position(), Math::min);
            }
        }
        return first;
    }

    /**
     * Gives back what generations hold that are gone: one that was discarded when its process died,
     * and those of an earlier version of Varve, which named holds {@code projection/NAME/VERSION}.
     */
    static void releaseOthers(
            Retention retention, String projection, Set<GenerationId> kept, IntPredicate keepsOld) {
        String own = prefix(projection);
        Set<String> needed =
                kept.stream().map(id -> name(projection, id)).collect(Collectors.toSet());
        for (Hold hold : retention.holds()) {
            if (hold.name().startsWith(own) && !needed.contains(hold.name())) {
                String rest = hold.name().substring(own.length());
                boolean old = rest.matches("[0-9]{1,9}");
                if (!old || !keepsOld.test(Integer.parseInt(rest))) {
                    release(retention, hold.name());
                }
            }
        }
    }

    /** Gives back what any generation of a projection holds. */
    static void releaseAll(Retention retention, String projection) {
        of(retention, projection).forEach(hold -> release(retention, hold.name()));
    }

    private static void release(Retention retention, String name) {
        try {
            retention.release(name);
        } catch (VarveException e) {
            // It keeps more than is needed; the next start releases it.
            Logs.of(ProjectionHold.class)
                    .log(Level.WARNING, "A hold could not be released: hold=" + name, e);
        }
    }

    /** The first position that is still in the log. */
    long firstPosition() {
        return retention.firstPosition();
    }

    /**
     * Begins to hold.
     *
     * @param next the first position not applied
     * @param sync brings what is committed to the disk
     * @param oldestLetter the first position that may still be retried
     * @throws EventsTruncatedException if it is gone
     * @throws io.varve.store.errors.HoldFollowedException if somebody else has it
     */
    void begin(long next, Runnable sync, Progress progress, LongSupplier oldestLetter) {
        start = next;
        // First, as it is refused where somebody else has this hold, who must keep it.
        following = Optional.of(retention.follow(name, () -> synced(sync, progress, oldestLetter)));
        try {
            // Events of letters that are gone already cannot be retried, but all others can.
            move(Math.min(next, Math.max(least(oldestLetter), firstPosition())));
        } catch (RuntimeException | Error e) {
            stopFollowing();
            following = Optional.empty();
            throw e;
        }
    }

    /** What letters and snapshots need: one that is kept is to be of use. */
    private long least(LongSupplier oldestLetter) {
        return Math.min(oldestLetter.getAsLong(), neededBySnapshots.get().orElse(Long.MAX_VALUE));
    }

    /** Whether there was a read model before; what is named may have been named just now. */
    Known expected(Known told) {
        boolean begun =
                retention.holds().stream()
                        .anyMatch(
                                one -> one.name().equals(name) && one.position() > firstPosition());
        return told == Known.NAMED && !begun ? Known.NEW : told;
    }

    private void move(long next) {
        try {
            retention.hold(name, next);
        } catch (StoreFullException | StoreFailedException e) {
            // It is asked before anything is truncated; and an older hold keeps more than is
            // needed.
            Logs.of(ProjectionHold.class)
                    .log(Level.WARNING, "A hold could not be moved: hold=" + name, e);
        }
    }

    /** What comes behind the checkpoint and the letters that a power cut leaves. */
    private long synced(Runnable sync, Progress progress, LongSupplier oldestLetter) {
        try {
            long needed = Math.min(progress.position() + 1, least(oldestLetter));
            sync.run();
            return needed;
        } catch (VarveException e) {
            return 0; // closing: the hold stays where it is
        }
    }

    /** Where the projection has begun, if it had no checkpoint. */
    long start() {
        return start;
    }

    /** Answers no more, because the environment is about to be closed. */
    void stopFollowing() {
        following.ifPresent(Retention.Following::close);
    }

    /** Moves to the checkpoint of an environment that is closed, unless it was given back. */
    void end(long position, LongSupplier oldestLetter) {
        if (following.isEmpty() || position < start) {
            return;
        }
        try {
            if (retention.holds().stream().noneMatch(hold -> hold.name().equals(name))) {
                return;
            }
            move(Math.min(position + 1, Math.max(least(oldestLetter), firstPosition())));
        } catch (StoreClosedException | EventsTruncatedException e) {
            Logs.of(ProjectionHold.class)
                    .log(Level.DEBUG, "A hold stays where it was: hold=" + name, e);
        }
    }
}
