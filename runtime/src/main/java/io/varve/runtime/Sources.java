package io.varve.runtime;

import io.varve.projections.Source;
import io.varve.projections.Topology;
import io.varve.store.serde.EventSerde;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct sources of all projections, numbered from 0. Two are the same if they read the same
 * category with the same serde object: their events are decoded once. Immutable.
 */
final class Sources {
    /** A serde and the number of its source. */
    record Numbered(int number, EventSerde<?> serde) {}

    private final Map<String, List<Numbered>> byCategory = new HashMap<>();
    private int count;

    Sources(Collection<Topology> topologies) {
        for (Topology topology : topologies) {
            topology.sources().forEach(this::add);
        }
    }

    private void add(Source source) {
        List<Numbered> known =
                byCategory.computeIfAbsent(source.category(), name -> new ArrayList<>());
        // Identity, not equals: serdes with state of their own must not stand in for each other.
        if (known.stream().noneMatch(one -> one.serde() == source.serde())) {
            known.add(new Numbered(count++, source.serde()));
        }
    }

    /** The numbers of all sources. */
    BitSet all() {
        BitSet numbers = new BitSet();
        numbers.set(0, count);
        return numbers;
    }

    /** The numbers of the sources of a topology. */
    BitSet of(Topology topology) {
        BitSet numbers = new BitSet();
        for (Source source : topology.sources()) {
            byCategory.get(source.category()).stream()
                    .filter(one -> one.serde() == source.serde())
                    .forEach(one -> numbers.set(one.number()));
        }
        return numbers;
    }

    /** What decodes the events of a category, for each category that one of the sources reads. */
    Map<String, List<Numbered>> byCategory(BitSet numbers) {
        Map<String, List<Numbered>> chosen = new HashMap<>();
        byCategory.forEach(
                (category, all) -> {
                    List<Numbered> some =
                            all.stream().filter(one -> numbers.get(one.number())).toList();
                    if (!some.isEmpty()) {
                        chosen.put(category, some);
                    }
                });
        return chosen;
    }
}
