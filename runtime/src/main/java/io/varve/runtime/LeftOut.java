package io.varve.runtime;

import io.varve.store.StreamId;
import io.varve.store.state.StateView;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which events a read model lacks although their turn has come, as of a view: who applies the log
 * anew leaves out the same. Immutable.
 *
 * @param until the position up to which that is known; behind it, streams under quarantine wait
 * @param letters by position
 * @param quarantined streams whose next events wait, and the first event of each that was left out
 */
record LeftOut(
        long until, NavigableMap<Long, DeadLetter> letters, Map<StreamId, Long> quarantined) {
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
        Map<StreamId, Long> quarantined = new HashMap<>();
        LetterRows.scanHeld(view, (stream, held) -> quarantined.put(stream, held.first()));
        return new LeftOut(until, letters, quarantined);
    }

    /** Whether an event is not to be applied. */
    boolean has(EventSlice.Entry entry) {
        return letters.containsKey(entry.position())
                || entry.position() > until && quarantined.containsKey(entry.stream());
    }

    /** Whether events of a stream wait that come behind a position. */
    boolean isHeld(StreamId stream, long behind) {
        return quarantined.getOrDefault(stream, Long.MAX_VALUE) <= behind;
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
