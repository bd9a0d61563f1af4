/**
 * Runs projections over an event store, each on its own thread, each with its own read model.
 *
 * <p>{@link io.varve.runtime.ProjectionRuntime} is the door. Priorities, in order: each projection
 * sees each position once, in order, or stops loudly; a slow, stuck or failed projection delays
 * neither appends nor other projections; then speed.
 *
 * <ul>
 *   <li><b>Threads.</b> One reads the log for all projections and decodes each event once; one per
 *       projection applies events and commits. All are daemons. {@code src/docs/threads.md}
 *       specifies who owns what and how a projection moves between reading the log and following
 *       the ring.
 *   <li><b>Exactly once.</b> Rows and checkpoint are committed in one transaction, so an event's
 *       effect on a read model is there once, whenever the process dies.
 *   <li><b>Queries.</b> A {@link io.varve.runtime.ReadView} shows all stores of a projection at one
 *       instant, to the thread that opened it; a {@link io.varve.runtime.PositionBound} makes it
 *       wait for what was written. {@link io.varve.runtime.ReadViews} show several projections at
 *       one position. A {@link io.varve.runtime.Watch} tells a listener the rows, and then each
 *       commit's changes. Views that are open for too long are closed. {@link
 *       io.varve.runtime.TimeTravel} shows rows as of other times, explains and verifies them.
 *   <li><b>Errors.</b> An event that cannot be applied is treated as the projection's {@link
 *       io.varve.runtime.ErrorPolicy} says: tried again, then kept as a {@link
 *       io.varve.runtime.DeadLetter} behind which later events of its stream wait. Any other
 *       failure ends the projection it belongs to and nothing else: state {@code FAILED}, the
 *       failure in its {@link io.varve.runtime.ProjectionStatus}. All exceptions are {@link
 *       io.varve.store.errors.VarveException}s; {@code null} is never returned and never taken.
 * </ul>
 */
package io.varve.runtime;
