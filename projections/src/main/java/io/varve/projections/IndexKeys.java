package io.varve.projections;

import io.varve.projections.query.StoreIndex;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.serde.Serde;
import io.varve.store.state.ReadOnlyTable;
import java.util.Arrays;
import java.util.Collection;
import java.util.TreeSet;

/**
 * The rows of an index: they have a key only, which holds the index key and the key of the row it
 * leads to.
 *
 * <pre>
 *   index key, each byte 00 as 00 01 │ 00 00 │ key of the row
 * </pre>
 *
 * <p>So rows sort by index key first, as its bytes do, whatever their length; then by key of the
 * row.
 */
final class IndexKeys<K, V, I> {
    private static final byte[] END = {0, 0};

    private final StoreIndex<K, V, I> index;
    private final String store;
    private final BytesWriter plain = new BytesWriter();
    private final BytesWriter writer = new BytesWriter();

    IndexKeys(String store, StoreIndex<K, V, I> index) {
        this.store = store;
        this.index = index;
    }

    /** The table of an index. No store can have this name: theirs have no slash. */
    static String table(String store, StoreIndex<?, ?, ?> index) {
        return store + "/index/" + index.name();
    }

    String table() {
        return table(store, index);
    }

    /** What an index must hold for a row, in order. */
    byte[][] of(K key, byte[] keyBytes, V value) {
        Collection<? extends I> indexKeys = index.keys().apply(key, value);
        if (indexKeys == null) {
            throw givesNull();
        }
        if (indexKeys.isEmpty()) {
            return IndexWriter.NONE;
        }
        if (indexKeys.size() == 1) {
            return new byte[][] {row(indexKeys.iterator().next(), keyBytes)};
        }
        TreeSet<byte[]> rows = new TreeSet<>(Arrays::compareUnsigned);
        indexKeys.forEach(indexKey -> rows.add(row(indexKey, keyBytes)));
        return rows.toArray(new byte[0][]);
    }

    private NullPointerException givesNull() {
        return new NullPointerException(
                "The function of an index gives null, and not its keys: index="
                        + index.name()
                        + " store="
                        + store
                        + ". Give an empty list where the row is not to be in the index.");
    }

    private byte[] row(I indexKey, byte[] keyBytes) {
        if (indexKey == null) {
            throw givesNull();
        }
        index.serde().serialize(indexKey, plain.reset());
        escape(plain.view(), writer.reset()).putBytes(END).putBytes(keyBytes);
        if (writer.size() > ReadOnlyTable.MAX_KEY_BYTES) {
            throw new LimitExceededException(
                    "key of index=" + index.name() + " and key of store=" + store + " (bytes)",
                    writer.size() - END.length,
                    ReadOnlyTable.MAX_KEY_BYTES - END.length,
                    "Let the function of the index give shorter keys, such as the first bytes or a"
                            + " digest, or none for such rows.");
        }
        return writer.toByteArray();
    }

    /** A row of the index in words, for messages. */
    String describe(byte[] row, Serde<K> keySerde) {
        int at = split(BytesView.of(row), plain);
        return "indexKey="
                + index.serde().deserialize(plain.view())
                + " key="
                + keySerde.deserialize(BytesView.of(Arrays.copyOfRange(row, at, row.length)));
    }

    private static BytesWriter escape(BytesView bytes, BytesWriter out) {
        for (int i = 0; i < bytes.length(); i++) {
            out.putByte(bytes.getByte(i));
            if (bytes.getByte(i) == 0) {
                out.putByte(1);
            }
        }
        return out;
    }

    /** What rows begin with whose index key begins with these bytes. */
    static byte[] prefix(byte[] indexKey) {
        return escape(BytesView.of(indexKey), new BytesWriter()).toByteArray();
    }

    /** What rows begin with whose index key is these bytes; also the first bytes not before it. */
    static byte[] whole(byte[] indexKey) {
        return escape(BytesView.of(indexKey), new BytesWriter()).putBytes(END).toByteArray();
    }

    /**
     * Takes a row of an index apart.
     *
     * @param row its key
     * @param indexKey is set to the index key
     * @return where the key of the row it leads to begins
     */
    static int split(BytesView row, BytesWriter indexKey) {
        indexKey.reset();
        int at = 0;
        while (row.getByte(at) != 0 || row.getByte(at + 1) != 0) {
            byte here = row.getByte(at);
            indexKey.putByte(here);
            at += here == 0 ? 2 : 1;
        }
        return at + END.length;
    }
}
