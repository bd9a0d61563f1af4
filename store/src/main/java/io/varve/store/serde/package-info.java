/**
 * Values to bytes and back.
 *
 * <p>{@link io.varve.store.serde.Serde} is for keys and values of any kind, {@link
 * io.varve.store.serde.EventSerde} for the events of a category, where each type of event has a
 * stable name. {@link io.varve.store.serde.Serdes} has those for common types, and for records: as
 * JSON, or in a compact form whose bytes {@code record-format.md} draws. Jackson is used in this
 * package and nowhere else.
 *
 * <p>Serdes hold no state that a caller can see and may be used by any number of threads at once.
 * They throw {@link io.varve.store.errors.SerdeException} and nothing else.
 */
package io.varve.store.serde;
