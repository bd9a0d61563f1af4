/**
 * Bytes, read and written without garbage.
 *
 * <p>{@link io.varve.store.bytes.BytesView} reads from an array or from borrowed memory, {@link
 * io.varve.store.bytes.BytesWriter} writes into an array that grows. Both are little-endian unless
 * a method says otherwise, check every access against their bounds, and belong to one thread at a
 * time. {@link io.varve.store.bytes.Memory} is the raw access below them: it is public only because
 * packages need it, and is not API.
 */
package io.varve.store.bytes;
