package io.varve.runtime;

import io.varve.store.errors.VarveException;
import java.util.List;
import java.util.Map;

/**
 * Is told how rows are, and how they change. One call at a time, on a thread of the runtime's,
 * which it may block: nobody else waits for it.
 *
 * <pre>
 *   onRows ──▶ onChanges ──▶ onChanges ──▶ …            each commit that changed a row, in order
 *     ▲            │
 *     └────────────┘ it was slower than the projection, and too much has come together
 *   … ──▶ onEnd                                         the last call
 * </pre>
 *
 * <p>When another generation of the read model is live, after {@link Rebuild#promote} or {@link
 * ProjectionRuntime#rollback}, it is told how the rows of that differ from those it was told, as
 * changes; of nothing, if they do not; and of all rows, if there are more than 10,000 of them, or
 * 32 MiB, or what was live before is discarded already. Positions may go back then. While the
 * projection is paused nothing comes, but for dead letters that are retried.
 *
 * @param <K> keys
 * @param <V> values
 */
public interface WatchListener<K, V> {
    /**
     * Takes all rows that are watched, instead of what it was told before. The first call; and
     * again when more than 10,000 changed rows, or 16 MiB of them, have come together while it was
     * busy. What happened in between is told as a whole then: these rows are the newest.
     *
     * @param position of the log that they are as of; -1 if nothing was applied yet
     * @param rows in the order of keys; perhaps none
     */
    void onRows(long position, List<Map.Entry<K, V>> rows);

    /**
     * Takes the changes of one commit: for each row its last value, however often the commit's
     * events have changed it. A row may be told as removed that was never there, when it came and
     * went inside the commit.
     *
     * @param position of the commit; as a rule behind that of the call before, but the same where a
     *     dead letter was retried, and perhaps an earlier one where another generation is live
     * @param changes one or more, in the order of keys
     */
    void onChanges(long position, List<RowChange<K, V>> changes);

    /**
     * Takes why there will be no more: a {@link ProjectionFailedException}; a {@link
     * io.varve.store.errors.StoreClosedException} if the runtime is closed or the projection
     * removed; a {@link io.varve.store.errors.StoreCorruptedException} if damage was found in the
     * read model, which is begun anew, so that one may watch again, but rows go back in time; a
     * {@link io.varve.projections.TopologyException} if the generation that is live now has no such
     * store; a {@link WatchFailedException} if a row could not be decoded, or this listener has
     * thrown. Not called after {@link Watch#close}.
     *
     * @param reason as above
     */
    default void onEnd(VarveException reason) {}
}
