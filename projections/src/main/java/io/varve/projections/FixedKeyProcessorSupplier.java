package io.varve.projections;

/**
 * Makes processors: one for each node and task, so never the same object twice, nor one that
 * another supplier gives, which is refused when the topology is built, where the object has fields.
 * It is called twice for that; these two are not used, and never closed.
 *
 * @param <K> keys
 * @param <V> values that come
 * @param <V2> values that they forward
 */
@FunctionalInterface
public interface FixedKeyProcessorSupplier<K, V, V2> {
    /**
     * Makes a processor.
     *
     * @return a new one
     */
    FixedKeyProcessor<K, V, V2> get();
}
