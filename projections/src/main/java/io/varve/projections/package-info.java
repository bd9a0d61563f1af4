/**
 * What to compute from events: the language, and the task that an engine feeds.
 *
 * <p>In this order: the same events give the same bytes, always; then a Kafka Streams user feels at
 * home; then speed. Nothing here starts a thread, reads a clock or opens a file, and what users add
 * must not either.
 *
 * <pre>
 *   StreamsBuilder ─▶ EventStream ─▶ GroupedStream ─▶ Table       declares
 *        │ build
 *        ▼
 *   Topology ─▶ Projection (name, version)                         is handed to an engine
 *        │
 *        ▼
 *   ProjectionTask: SourceEvent ─▶ nodes ─▶ changed rows ─▶ commit with a Checkpoint
 * </pre>
 *
 * <p>Threads: builders and tasks belong to one thread at a time; topologies, projections and all
 * small values are immutable. The user's functions are shared by all tasks of a topology, which may
 * be several while a projection is rebuilt.
 *
 * <p>Errors: a name or value that cannot be is an {@link java.lang.IllegalArgumentException}, a
 * graph that cannot work a {@link io.varve.projections.TopologyException}, both at once where the
 * mistake is made. Code of the user that fails on an event becomes a {@link
 * io.varve.projections.ProjectionException}, that which fails at what is due by time a {@link
 * io.varve.projections.DueWorkException}.
 */
package io.varve.projections;
