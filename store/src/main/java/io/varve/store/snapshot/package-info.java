/**
 * Snapshots of folds over one stream: the state of an order, an account, whatever is computed from
 * its events alone.
 *
 * <p>{@link io.varve.store.snapshot.StreamSnapshots} loads such a state as the newest valid
 * snapshot and the events behind it. The result is the same as without snapshots, always: a
 * snapshot is bound to the history it was made from, to the version of its schema and to a
 * checksum, and one that does not fit is passed over, for an older one or for the first event, and
 * counted. Its folder may be deleted at any time.
 *
 * <p>A {@link io.varve.store.snapshot.SnapshotStore} keeps the snapshots of any number of folds, in
 * an environment of its own: neither a full disk nor damage there touches the log. Snapshots are
 * written without waiting for the disk; they survive the death of the process, and a crash of the
 * machine may take them away.
 *
 * <p>The bytes on disk are drawn in {@code store/src/docs/file-format.md}.
 */
package io.varve.store.snapshot;
