package io.varve.projections;

import io.varve.projections.query.IndexVisitor;
import io.varve.projections.query.RangeQuery;
import io.varve.projections.query.ReadOnlyIndex;
import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.state.ReadOnlyTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows the rows of an index to the rows of its store. */
final class IndexReader<K, V, I> implements ReadOnlyIndex<I, K, V> {
    private final StoreReader<K, V> store;
    private final StoreIndex<K, V, I> index;
    private final ReadOnlyTable table;
    private final Runnable eachRow;

    IndexReader(
            StoreReader<K, V> store,
            StoreIndex<K, V, I> index,
            ReadOnlyTable table,
            Runnable eachRow) {
        this.store = store;
        this.index = index;
        this.table = table;
        this.eachRow = eachRow;
    }

    @Override
    public List<Map.Entry<K, V>> get(I indexKey) {
        List<Map.Entry<K, V>> rows = new ArrayList<>();
        scan(only(indexKey), RangeQuery.all(), (i, key, value) -> rows.add(Map.entry(key, value)));
        return rows;
    }

    @Override
    public void scan(RangeQuery<I> query, IndexVisitor<? super I, ? super K, ? super V> visitor) {
        scan(range(query), query, visitor);
    }

    private void scan(
            ByteRange range,
            RangeQuery<I> query,
            IndexVisitor<? super I, ? super K, ? super V> visitor) {
        BytesWriter indexKey = new BytesWriter();
        BytesView keyView = new BytesView();
        range.scan(
                table,
                query,
                eachRow,
                (row, nothing) -> {
                    keyView.wrap(row, 0, row.length());
                    int at = IndexKeys.split(row, indexKey);
                    keyView.wrap(row, at, row.length() - at);
                    K key = store.key(keyView);
                    V value = found(store.value(keyView), key);
                    return visitor.row(index.serde().deserialize(indexKey.view()), key, value);
                });
    }

    private V found(Optional<V> value, K key) {
        return value.orElseThrow(
                () ->
                        new StoreCorruptedException(
                                "an index leads to a row that is not there: store="
                                        + store.name()
                                        + " index="
                                        + index.name()
                                        + " key="
                                        + key,
                                "Rebuild the projection."));
    }

    @Override
    public long count(RangeQuery<I> query) {
        return range(query).count(table, query, eachRow);
    }

    @Override
    public long count(I indexKey) {
        return only(indexKey).count(table, RangeQuery.all(), eachRow);
    }

    private ByteRange only(I indexKey) {
        return ByteRange.prefix(IndexKeys.whole(ByteRange.bytes(indexKey, index.serde())));
    }

    private ByteRange range(RangeQuery<I> query) {
        return ByteRange.of(query.bounds(), index.serde(), IndexKeys::whole, IndexKeys::prefix);
    }
}
