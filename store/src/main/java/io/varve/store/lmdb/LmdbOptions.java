package io.varve.store.lmdb;

/**
 * How to open an environment.
 *
 * @param mapBytes address space to begin with
 * @param tables how many named tables it may have
 * @param sync whether each commit waits for the disk
 * @param remedy what to do when the file is damaged, a sentence
 */
public record LmdbOptions(long mapBytes, int tables, boolean sync, String remedy) {
    /** Readers at once. */
    static final int READERS = 1024;
}
