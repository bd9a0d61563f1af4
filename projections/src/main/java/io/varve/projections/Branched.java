package io.varve.projections;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A branch of a {@link BranchedStream}: its name, and what is to become of its records.
 *
 * <pre>{@code
 * orders.split(Named.as("orders-"))
 *         .branch((key, order) -> order.cents() > 100_000, Branched.as("large"))
 *         .branch((key, order) -> order.cents() == 0, Branched.withConsumer(this::countFreeOnes))
 *         .defaultBranch(Branched.as("other"));
 * }</pre>
 *
 * @param name behind that of the split; empty for the number of the branch
 * @param chain makes of the branch what the map holds under its name; empty where it is nothing
 * @param <K> keys
 * @param <V> values
 */
public record Branched<K, V>(
        Optional<String> name, Function<EventStream<K, V>, Optional<EventStream<K, V>>> chain) {
    /**
     * Refuses nulls and what is not a name.
     *
     * @param name behind that of the split; empty for the number of the branch
     * @param chain makes of the branch what the map holds under its name
     */
    public Branched {
        name.ifPresent(Named::as);
        Objects.requireNonNull(chain, "chain");
    }

    /**
     * Names a branch.
     *
     * @param name behind that of the split
     * @param <K> keys
     * @param <V> values
     * @return the branch
     */
    public static <K, V> Branched<K, V> as(String name) {
        return new Branched<>(Optional.of(Objects.requireNonNull(name, "name")), Optional::of);
    }

    /**
     * Makes something of a branch, for which the map holds the result.
     *
     * @param chain makes it; null where the map is to hold nothing
     * @param <K> keys
     * @param <V> values
     * @return the branch
     */
    public static <K, V> Branched<K, V> withFunction(
            Function<? super EventStream<K, V>, ? extends EventStream<K, V>> chain) {
        Objects.requireNonNull(chain, "chain");
        return new Branched<>(Optional.empty(), stream -> Optional.ofNullable(chain.apply(stream)));
    }

    /**
     * Gives a branch to somebody; the map does not hold it.
     *
     * @param chain takes it
     * @param <K> keys
     * @param <V> values
     * @return the branch
     */
    public static <K, V> Branched<K, V> withConsumer(Consumer<? super EventStream<K, V>> chain) {
        Objects.requireNonNull(chain, "chain");
        return new Branched<>(
                Optional.empty(),
                stream -> {
                    chain.accept(stream);
                    return Optional.empty();
                });
    }

    /**
     * The same with a name.
     *
     * @param newName behind that of the split
     * @return a new value
     */
    public Branched<K, V> withName(String newName) {
        return new Branched<>(Optional.of(Objects.requireNonNull(newName, "newName")), chain);
    }
}
