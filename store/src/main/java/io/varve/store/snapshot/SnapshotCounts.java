package io.varve.store.snapshot;

/**
 * What was done since the snapshot store was opened.
 *
 * @param loads states that were loaded
 * @param folded events that were folded for them
 * @param saves snapshots that were saved
 * @param failedSaves snapshots that could not be saved
 * @param rejections snapshots that were found and not used
 */
public record SnapshotCounts(
        long loads, long folded, long saves, long failedSaves, long rejections) {}
