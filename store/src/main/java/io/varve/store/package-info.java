/**
 * An append-only log of events, in streams, in one global order.
 *
 * <p>{@link io.varve.store.EventStore} is the door. Priorities, in order: what was acknowledged is
 * kept; what is read is what was written; then speed.
 *
 * <ul>
 *   <li><b>Order.</b> Each event has a position in the log: a {@code long} from 0, without gaps, in
 *       the order of commits. Readers see a prefix of the log, always. Inside its stream an event
 *       has a version, from 0.
 *   <li><b>Append.</b> One call appends one event or many, to one stream or several, with an {@link
 *       io.varve.store.ExpectedVersion} for each, all or nothing. When it returns the events have
 *       survived what {@link io.varve.store.StoreConfig#durability()} says: they are on disk,
 *       unless it is told not to wait for that. Calls that come together are committed together.
 *   <li><b>Read.</b> An {@link io.varve.store.EventQuery} says which events and in which order; a
 *       visitor is lent them where they lie, a list holds copies, an {@link
 *       io.varve.store.EventCursor} fetches copies chunk by chunk. All three read up to the head as
 *       of the call.
 *   <li><b>Follow and wait.</b> A blocking wait, a future, a following visitor and a {@code
 *       Flow.Publisher}. None polls, none loses a wake-up, and none keeps a cursor of its own that
 *       waiting could move. Who follows scans the log up to the head, waits for the head to move,
 *       and scans on from where he stands: there is no seam between old events and new ones.
 *   <li><b>Threads.</b> A store and its categories may be used by any number of threads, virtual
 *       ones included. Views, cursors and batches belong to one thread at a time. No user's code
 *       runs on the thread that commits. Threads of the store's own are daemons: one merges the
 *       index, one appends for virtual threads, one completes futures, and one serves each
 *       subscriber; the last three exist once they are needed.
 *   <li><b>Borrowed memory.</b> An {@link io.varve.store.EventView} shows mapped bytes for the time
 *       of a callback and is emptied after it.
 *   <li><b>Retention.</b> {@link io.varve.store.Retention} removes the oldest events, up to the
 *       lowest hold. Who begins to read before the first event left begins there; who is overtaken
 *       by a truncation is told. Positions and versions stay what they were.
 *   <li><b>Tamper evidence</b>, where it is on: {@link io.varve.store.EventStore#seal} gives the
 *       SHA-256 of all events, to be kept elsewhere, and {@link
 *       io.varve.store.EventStore#verifySeals} compares.
 *   <li><b>Errors</b> are in {@code io.varve.store.errors}; {@code null} is never returned and
 *       never taken.
 * </ul>
 *
 * <p>The bytes on disk are drawn in {@code store/src/docs/file-format.md}.
 */
package io.varve.store;
