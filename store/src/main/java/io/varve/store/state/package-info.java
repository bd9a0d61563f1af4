/**
 * Keyed state that is derived from a log: tables, and the checkpoint that says up to where it was
 * derived.
 *
 * <p>A {@link io.varve.store.state.StateEnvironment} holds named tables of bytes in key order. A
 * {@link io.varve.store.state.StateTransaction} changes any number of them and the {@link
 * io.varve.store.state.Checkpoint}, all or nothing; a {@link io.varve.store.state.StateView} reads
 * all of them at one instant. That is what makes the effect of an event on its read models
 * exactly-once.
 *
 * <p>Threads: one transaction at a time, begun, used and ended by one thread; any number of views,
 * each used by one thread at a time. Values carry checksums: damage is a {@link
 * io.varve.store.errors.StoreCorruptedException}, never a wrong answer.
 *
 * <p>Durability: a commit is visible at once and survives the death of the process. It is on disk
 * an interval later, and never before the log it was derived from ({@link
 * io.varve.store.state.SyncBarrier}). After a crash of the machine the state is as it was at its
 * last sync, exactly; the rest is derived again. Where that cannot be proved, opening fails with a
 * {@link io.varve.store.errors.StoreCorruptedException}, and a {@link
 * io.varve.store.state.StateCopy} or nothing is what to begin with.
 */
package io.varve.store.state;
