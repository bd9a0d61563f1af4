package io.varve.projections;

import io.varve.store.errors.LimitExceededException;
import io.varve.store.state.ReadOnlyTable;

/** How long the keys of a store's rows may be, of which the user's may be a part. */
final class RowKeys {
    private final String store;
    private final int most;
    private final int beside;
    private final boolean ofTwo;

    RowKeys(StoreDefinition<?, ?> store) {
        this.store = store.name();
        this.most = ReadOnlyTable.MAX_KEY_BYTES - bytesInOtherTables(store);
        this.beside = PartSerde.bytesBesideKey(store.keySerde());
        this.ofTwo = store.keySerde() instanceof Subscription.SubscriptionSerde<?, ?>;
    }

    /** What keys of tables beside the rows have more than theirs. */
    private static int bytesInOtherTables(StoreDefinition<?, ?> store) {
        if (store.isVersioned()) {
            return VersionKey.BYTES_BESIDE_KEY;
        }
        return store.ttl().isPresent() ? RowExpiry.TIME_BYTES : 0;
    }

    /** How many bytes they have at most, as they are written. */
    int most() {
        return most;
    }

    /** What to throw where one has more. */
    LimitExceededException tooLong(int bytes) {
        return new LimitExceededException(
                (ofTwo ? "foreign key and key, together, of store=" : "key of store=")
                        + store
                        + " (bytes)",
                bytes - beside,
                most - beside,
                "Give such records a shorter key, such as a digest of it, or filter them out.");
    }
}
