package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.LimitExceededException;
import java.util.Optional;
import java.util.function.Supplier;

/** A table as a view or a transaction sees it: it looks the rows up at every call. */
class InMemoryTable implements ReadOnlyTable {
    private final Supplier<InMemoryRows> rows;

    /**
     * A table.
     *
     * @param rows those of now; refuses if the view or the transaction has ended
     */
    InMemoryTable(Supplier<InMemoryRows> rows) {
        this.rows = rows;
    }

    @Override
    public final boolean get(BytesView key, BytesView value) {
        Optional<byte[]> found = rows.get().get(keyOf(key));
        if (found.isPresent()) {
            value.wrap(found.get(), 0, found.get().length);
        } else {
            value.release();
        }
        return found.isPresent();
    }

    @Override
    public final void scan(BytesView from, BytesView to, RowVisitor visitor) {
        rows.get().scan(boundOf(from), boundOf(to), visitor);
    }

    @Override
    public final void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
        rows.get().reverseScan(boundOf(from), boundOf(to), visitor);
    }

    @Override
    public final long count() {
        return rows.get().size();
    }

    static byte[] keyOf(BytesView key) {
        if (key.length() == 0) {
            throw new IllegalArgumentException(
                    "A key has 1 to " + MAX_KEY_BYTES + " bytes; this one is empty");
        }
        return boundOf(key);
    }

    private static byte[] boundOf(BytesView key) {
        if (key.length() > MAX_KEY_BYTES) {
            throw new LimitExceededException("key (bytes)", key.length(), MAX_KEY_BYTES);
        }
        return key.toByteArray();
    }
}
