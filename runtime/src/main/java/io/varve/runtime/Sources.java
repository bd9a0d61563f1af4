package io.varve.runtime;

import io.varve.projections.Source;
import io.varve.projections.Topology;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct sources of all projections, numbered from 0. Two are the same if they read the same
 * category with the same serde object: their events are decoded once. Projections come and go while
 * others run; a number is never given twice, so that no slice can be taken for one of another
 * source. Thread-safe.
 */
final class Sources {
    /** A serde and the number of its source. */
    record Numbered(int number, EventSerde<?> serde) {}

    /**
     * What is decoded at one time. Immutable.
     *
     * @param numbers of the sources; not to be changed
     * @param byCategory what decodes the events of a category
     */
    record Decoders(BitSet numbers, Map<String, List<Numbered>> byCategory) {
        static final Decoders NONE = new Decoders(new BitSet(), Map.of());

        /** Whether all of some sources are decoded. */
        boolean include(BitSet wanted) {
            BitSet missing = (BitSet) wanted.clone();
            missing.andNot(numbers);
            return missing.isEmpty();
        }
    }

    private static final class Known {
        private final Source source;
        private final Numbered numbered;
        private int users;

        private Known(Source source, int number) {
            this.source = source;
            this.numbered = new Numbered(number, source.serde());
        }
    }

    private final Map<Source, Known> known = new HashMap<>();
    private int next;
    private volatile Decoders all = Decoders.NONE;

    /**
     * Adds a user of the sources of a topology: slices read from now on have their events.
     *
     * @return what decodes them, and nothing else
     */
    synchronized Decoders add(Topology topology) {
        // Source is equal by identity of the serde: those with state of their own must not stand
        // in for each other.
        List<Known> own = new ArrayList<>();
        for (Source source : topology.sources().stream().distinct().toList()) {
            Known one = known.computeIfAbsent(source, added -> new Known(added, next++));
            one.users++;
            own.add(one);
        }
        all = decoders(known.values());
        return decoders(own);
    }

    /** Takes {@link #add} back; what nobody uses any more is decoded no more. */
    synchronized void remove(Topology topology) {
        List<Source> sources = topology.sources().stream().distinct().toList();
        Decoders left =
                decoders(
                        known.values().stream()
                                .filter(one -> one.users > 1 || !sources.contains(one.source))
                                .toList());
        // What takes memory is done: either all of this is, or nothing.
        for (int i = 0; i < sources.size(); i++) {
            if (--known.get(sources.get(i)).users == 0) {
                known.remove(sources.get(i));
            }
        }
        all = left;
    }

    private static Decoders decoders(Iterable<Known> some) {
        BitSet numbers = new BitSet();
        Map<String, List<Numbered>> byCategory = new HashMap<>();
        for (Known one : some) {
            numbers.set(one.numbered.number());
            byCategory
                    .computeIfAbsent(one.source.category(), name -> new ArrayList<>())
                    .add(one.numbered);
        }
        byCategory.replaceAll((category, readers) -> List.copyOf(readers));
        return new Decoders(numbers, byCategory);
    }

    /** What is to be decoded for all projections, at this moment. */
    Decoders all() {
        return all;
    }
}
