package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.StateView;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which events a read model lacks although their turn has come, as of a view: who applies the log
 * anew leaves out the same. Immutable.
 *
 * @param until the position up to which that is known; behind it, streams under quarantine wait
 * @param letters by position
 * @param quarantined streams whose next events wait
 */
record LeftOut(long until, NavigableMap<Long, DeadLetter> letters, Set<StreamId> quarantined) {
    static LeftOut of(StateView view, long until) {
        NavigableMap<Long, DeadLetter> letters = new TreeMap<>();
        new LetterRows()
                .scan(
                        view,
                        0,
                        letter -> {
                            letters.put(letter.position(), letter);
                            return true;
                        });
        Set<StreamId> quarantined = new HashSet<>();
        LetterRows.scanHeld(view, (stream, held) -> quarantined.add(stream));
        return new LeftOut(until, letters, quarantined);
    }

    /** Whether an event is not to be applied. */
    boolean has(EventSlice.Entry entry) {
        return letters.containsKey(entry.position())
                || entry.position() > until && quarantined.contains(entry.stream());
    }

    Optional<DeadLetter> letter(long position) {
        return Optional.ofNullable(letters.get(position));
    }

    /** Whether another leaves out the same events up to a position. */
    boolean isSame(LeftOut other, long upTo) {
        return letters.headMap(upTo, true)
                .keySet()
                .equals(other.letters.headMap(upTo, true).keySet());
    }
}
