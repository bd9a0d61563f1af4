package io.varve.projections;

import java.util.List;
import java.util.Objects;

/**
 * All that a topology says of itself, as an engine keeps it beside the rows that were computed.
 *
 * @param topology what {@link Topology#describe} says
 * @param serdes what {@link Topology#describeSerdes} says; an engine may put lines before it
 * @param stores what {@link Topology#describeStores} says
 * @param operators what {@link Topology#describeOperators} says
 */
public record TopologyTexts(String topology, String serdes, String stores, String operators) {
    /**
     * Refuses nulls.
     *
     * @param topology see the record
     * @param serdes see the record
     * @param stores see the record
     * @param operators see the record
     */
    public TopologyTexts {
        Objects.requireNonNull(topology, "topology");
        Objects.requireNonNull(serdes, "serdes");
        Objects.requireNonNull(stores, "stores");
        Objects.requireNonNull(operators, "operators");
    }

    /**
     * Whether rows that one has computed can be gone on with by the other as if it were the same:
     * it is, but for the order in which independent nodes were declared, such as two sources, and
     * what is behind each. That of nodes behind one other node counts, as does that of nodes to
     * which time may come (windows, joins of streams, {@code suppress}, processors); and any, where
     * events are emitted, as these are numbered.
     *
     * @param other the texts of another topology, or of this one
     * @return false also where it cannot be told
     */
    public boolean meansTheSameAs(TopologyTexts other) {
        if (equals(other)) {
            return true;
        }
        return !emits()
                && !other.emits()
                && sorted(serdes).equals(sorted(other.serdes))
                && StoreLayout.of(stores).equals(StoreLayout.of(other.stores))
                && meaning().equals(other.meaning());
    }

    private boolean emits() {
        return StoreLayout.of(stores).lines().containsKey(Outbox.TABLE);
    }

    private static List<String> sorted(String text) {
        return text.lines().sorted().toList();
    }

    String meaning() {
        return TopologyMeaning.of(topology, operators);
    }
}
