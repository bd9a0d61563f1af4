/**
 * The door to LMDB. Not API: nothing outside {@code io.varve.store} may import it, and nothing but
 * this package may import {@code org.lmdbjava}.
 *
 * <p>What LMDB leaves to its user is kept here, once:
 *
 * <ul>
 *   <li>A folder is opened once per machine ({@link io.varve.store.lmdb.FolderLock}).
 *   <li>Nothing is unmapped or moved while somebody reads: readers are counted ({@link
 *       io.varve.store.lmdb.Gate}), and who wants to close or to grow the map waits for them.
 *   <li>One writer at a time; a second one on the same thread is an error instead of a deadlock.
 *   <li>Readers are pooled and renewed; they are renewed once more before they are closed, because
 *       closing one that was reset leaks its slot.
 *   <li>The map grows by itself when it is full.
 *   <li>Native codes become errors of {@code io.varve.store.errors}.
 * </ul>
 *
 * <p>Keys are compared by LMDB itself, as unsigned bytes or as native integers; its Java iterators,
 * which compare otherwise, are not used.
 */
package io.varve.store.lmdb;
