package io.varve.runtime;

import io.varve.projections.Source;
import io.varve.projections.Topology;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
     * @param headers categories of which the headers are read
     */
    record Decoders(BitSet numbers, Map<String, List<Numbered>> byCategory, Set<String> headers) {
        static final Decoders NONE = new Decoders(new BitSet(), Map.of(), Set.of());

        /** Whether all of some sources are decoded. */
        boolean include(BitSet wanted) {
            BitSet missing = (BitSet) wanted.clone();
            missing.andNot(numbers);
            return missing.isEmpty();
        }
    }

    /** The headers of the events of a category: numbered like a source, as not all read them. */
    private record HeadersOf(String category) {}

    private static final class Known {
        private final Object what;
        private final int number;
        private int users;

        private Known(Object what, int number) {
            this.what = what;
            this.number = number;
        }
    }

    private final Map<Object, Known> known = new HashMap<>();
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
        for (Object what : readBy(topology)) {
            Known one = known.computeIfAbsent(what, added -> new Known(added, next++));
            one.users++;
            own.add(one);
        }
        all = decoders(known.values());
        return decoders(own);
    }

    /** Takes {@link #add} back; what nobody uses any more is decoded no more. */
    synchronized void remove(Topology topology) {
        List<Object> read = readBy(topology);
        Decoders left =
                decoders(
                        known.values().stream()
                                .filter(one -> one.users > 1 || !read.contains(one.what))
                                .toList());
        // What takes memory is done: either all of this is, or nothing.
        for (int i = 0; i < read.size(); i++) {
            if (--known.get(read.get(i)).users == 0) {
                known.remove(read.get(i));
            }
        }
        all = left;
    }

    /** Its sources, and the headers of their categories if it reads those. */
    private static List<Object> readBy(Topology topology) {
        List<Object> read = new ArrayList<>(topology.sources().stream().distinct().toList());
        if (topology.readsHeaders()) {
            topology.sources().stream()
                    .map(source -> new HeadersOf(source.category()))
                    .distinct()
                    .forEach(read::add);
        }
        return read;
    }

    private static Decoders decoders(Iterable<Known> some) {
        BitSet numbers = new BitSet();
        Map<String, List<Numbered>> byCategory = new HashMap<>();
        Set<String> headers = new HashSet<>();
        for (Known one : some) {
            numbers.set(one.number);
            if (one.what instanceof Source source) {
                byCategory
                        .computeIfAbsent(source.category(), name -> new ArrayList<>())
                        .add(new Numbered(one.number, source.serde()));
            } else {
                headers.add(((HeadersOf) one.what).category());
            }
        }
        byCategory.replaceAll((category, readers) -> List.copyOf(readers));
        return new Decoders(numbers, byCategory, headers);
    }

    /** What is to be decoded for all projections, at this moment. */
    Decoders all() {
        return all;
    }
}
