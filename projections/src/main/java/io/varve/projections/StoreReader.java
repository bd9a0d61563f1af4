package io.varve.projections;

import io.varve.projections.query.ReadOnlyKeyValueStore;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.state.ReadOnlyTable;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Decodes the rows of a table. */
final class StoreReader<K, V> implements ReadOnlyKeyValueStore<K, V> {
    private static final BytesView NO_BOUND = new BytesView();

    private final StoreDefinition<K, V> definition;
    private final ReadOnlyTable table;
    private final BytesWriter writer = new BytesWriter();
    private final BytesView found = new BytesView();

    StoreReader(StoreDefinition<K, V> definition, ReadOnlyTable table) {
        this.definition = definition;
        this.table = table;
    }

    @Override
    public Optional<V> get(K key) {
        BytesView bytes = encoded(Objects.requireNonNull(key, "key"));
        if (bytes.length() == 0 || bytes.length() > ReadOnlyTable.MAX_KEY_BYTES) {
            // No row can have such a key: it would have been refused.
            return Optional.empty();
        }
        return table.get(bytes, found)
                ? Optional.of(definition.valueSerde().deserialize(found))
                : Optional.empty();
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> visitor) {
        scan(NO_BOUND, NO_BOUND, visitor);
    }

    @Override
    public void range(K from, K to, BiConsumer<? super K, ? super V> visitor) {
        BytesView first = BytesView.of(encoded(from).toByteArray());
        BytesView end = BytesView.of(encoded(to).toByteArray());
        // An empty bound means no bound to a table, and no table wants its bounds the wrong way
        // round.
        if (first.compareTo(end) < 0) {
            scan(first, end, visitor);
        }
    }

    private void scan(BytesView from, BytesView to, BiConsumer<? super K, ? super V> visitor) {
        table.scan(
                from,
                to,
                (key, value) -> {
                    visitor.accept(
                            definition.keySerde().deserialize(key),
                            definition.valueSerde().deserialize(value));
                    return true;
                });
    }

    @Override
    public long count() {
        return table.count();
    }

    private BytesView encoded(K key) {
        definition.keySerde().serialize(key, writer.reset());
        return writer.view();
    }
}
