package io.varve.projections;

import java.util.List;

/** Gives each record to the first of its children whose predicate holds, or to none. */
final class BranchOperator<K, V> implements Operator<K, V> {
    /** In the order of the children; those behind the last child were added later. */
    private final List<Predicate<? super K, ? super V>> predicates;

    BranchOperator(List<Predicate<? super K, ? super V>> predicates) {
        this.predicates = predicates;
    }

    @Override
    public void process(K key, V value, ProcessorNode out) {
        for (int i = 0; i < out.children(); i++) {
            if (predicates.get(i).test(key, value)) {
                out.forwardTo(i, key, value);
                return;
            }
        }
    }
}
