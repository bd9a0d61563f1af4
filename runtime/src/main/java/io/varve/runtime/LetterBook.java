package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The dead letters of a read model: which streams are under quarantine, and what of that the next
 * transaction changes. Letters themselves are in the tables only.
 *
 * <p>Belongs to who writes to the read model; {@link #counts} and {@link #oldest} are for anyone.
 */
final class LetterBook {
    private record Published(DeadLetterCounts counts, long oldest) {}

    private final String projection;
    private final int limit;
    private final LetterPurge purge;
    private final LetterRows rows = new LetterRows();

    // As committed.
    private final Map<StreamId, LetterRows.Held> held = new HashMap<>();
    private final TreeSet<Long> firsts = new TreeSet<>();
    private volatile Published published = new Published(DeadLetterCounts.NONE, Long.MAX_VALUE);

    // What the next transaction changes.
    private final List<DeadLetter> written = new ArrayList<>();
    private final List<Long> deleted = new ArrayList<>();
    private final Map<StreamId, Optional<LetterRows.Held>> changed = new HashMap<>();
    private int added;
    private int skipped;

    /**
     * One without letters.
     *
     * @param limit of dead and waiting ones
     */
    LetterBook(String projection, int limit, LetterPurge purge) {
        this.projection = projection;
        this.limit = limit;
        this.purge = purge;
    }

    /** Begins with what is in the tables; until then others see what was before. */
    void load(StateEnvironment environment) {
        abandon();
        held.clear();
        firsts.clear();
        try (StateView view = environment.ownView()) {
            purge.load(view);
            LetterRows.scanHeld(view, (stream, one) -> change(stream, Optional.of(one)));
            long retriable =
                    changed.values().stream().mapToLong(one -> one.orElseThrow().letters()).sum();
            skipped = (int) (view.table(LetterRows.LETTERS).count() - retriable);
        }
        commit(new DeadLetterCounts(0, 0, 0, purge.total()));
    }

    /** As of the last commit. */
    DeadLetterCounts counts() {
        return published.counts();
    }

    /**
     * The first position that may still be retried, as of the last commit; all if there is none.
     */
    long oldest() {
        return published.oldest();
    }

    /** Whether events of a stream must wait. */
    boolean holds(StreamId stream) {
        // Mostly there is none, and nothing to hash.
        return !held.isEmpty() && held.containsKey(stream);
    }

    /** The first letter of a stream under quarantine. */
    Optional<Long> first(StreamId stream) {
        return current(stream).map(LetterRows.Held::first);
    }

    /** How many letters of a stream can be retried. */
    int letters(StreamId stream) {
        return current(stream).map(LetterRows.Held::letters).orElse(0);
    }

    private Optional<LetterRows.Held> current(StreamId stream) {
        Optional<LetterRows.Held> now = changed.get(stream);
        return now != null ? now : Optional.ofNullable(held.get(stream));
    }

    private void change(StreamId stream, Optional<LetterRows.Held> next) {
        changed.put(stream, next);
    }

    /** Adds an event that comes behind a dead one. */
    void addWaiting(DeadLetter letter) {
        refuseMore(letter);
        LetterRows.Held now = current(letter.stream()).orElseThrow();
        written.add(letter);
        change(
                letter.stream(),
                Optional.of(new LetterRows.Held(now.first(), now.waiting() + 1, now.dead())));
    }

    /** Adds an event that failed, and puts its stream under quarantine. */
    void addDead(DeadLetter letter) {
        refuseMore(letter);
        written.add(letter);
        change(letter.stream(), Optional.of(new LetterRows.Held(letter.position(), 0, true)));
    }

    private void refuseMore(DeadLetter letter) {
        if (counts().retriable() + added >= limit) {
            throw new DeadLettersFullException(projection, letter.position(), limit);
        }
        added++;
    }

    void addSkipped(DeadLetter letter) {
        written.add(letter);
        skipped++;
    }

    /** The first letter of a stream has failed again. */
    void failedAgain(DeadLetter letter) {
        LetterRows.Held now = current(letter.stream()).orElseThrow();
        written.add(letter);
        change(
                letter.stream(),
                Optional.of(
                        new LetterRows.Held(
                                now.first(), now.waiting() - (now.dead() ? 0 : 1), true)));
    }

    /** The first letter of a stream was applied; the next is given, if there is one. */
    void applied(DeadLetter letter, Optional<Long> next) {
        deleted.add(letter.position());
        takeAway(letter, next);
    }

    /** A letter is left out for good; the first of its stream then is given, if there is one. */
    void skip(DeadLetter letter, Optional<Long> first) {
        addSkipped(letter.skipped());
        takeAway(letter, first);
    }

    private void takeAway(DeadLetter letter, Optional<Long> first) {
        LetterRows.Held now = current(letter.stream()).orElseThrow();
        boolean wasDead = letter.kind() == DeadLetter.Kind.DEAD;
        change(
                letter.stream(),
                first.map(
                        position ->
                                new LetterRows.Held(
                                        position,
                                        now.waiting() - (wasDead ? 0 : 1),
                                        now.dead() && !wasDead)));
    }

    /** Whether the next transaction changes something. */
    boolean isChanged() {
        return !written.isEmpty() || !deleted.isEmpty();
    }

    /** Writes what has changed, and purges what is to be. */
    void writeTo(StateTransaction transaction) {
        if (isChanged()) {
            write(transaction);
        }
        purge.writeTo(transaction, counts().skipped() + skipped);
    }

    private void write(StateTransaction transaction) {
        Table letters = transaction.table(LetterRows.LETTERS);
        written.forEach(letter -> rows.put(letters, letter));
        deleted.forEach(position -> rows.delete(letters, position));
        Table quarantine = transaction.table(LetterRows.QUARANTINE);
        changed.forEach(
                (stream, next) ->
                        next.ifPresentOrElse(
                                one -> rows.put(quarantine, stream, one),
                                () -> rows.delete(quarantine, stream)));
    }

    /** What has changed is committed. */
    void committed() {
        if (!changed.isEmpty() || skipped > 0 || purge.now() > 0) {
            commit(counts());
        }
    }

    private void commit(DeadLetterCounts before) {
        int purged = purge.now();
        purge.committed();
        long dead = before.dead();
        long waiting = before.waiting();
        for (Map.Entry<StreamId, Optional<LetterRows.Held>> one : changed.entrySet()) {
            LetterRows.Held was = held.remove(one.getKey());
            if (was != null) {
                firsts.remove(was.first());
                dead -= was.dead() ? 1 : 0;
                waiting -= was.waiting();
            }
            if (one.getValue().isPresent()) {
                LetterRows.Held is = one.getValue().get();
                held.put(one.getKey(), is);
                firsts.add(is.first());
                dead += is.dead() ? 1 : 0;
                waiting += is.waiting();
            }
        }
        published =
                new Published(
                        new DeadLetterCounts(
                                dead, waiting, before.skipped() + skipped - purged, purge.total()),
                        firsts.isEmpty() ? Long.MAX_VALUE : firsts.first());
        abandon();
    }

    /** Forgets what has changed. */
    void abandon() {
        written.clear();
        deleted.clear();
        changed.clear();
        added = 0;
        skipped = 0;
    }
}
