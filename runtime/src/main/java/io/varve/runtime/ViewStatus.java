package io.varve.runtime;

import java.time.Duration;

/**
 * The read views of a runtime, at the time of the call. An old one keeps its read model from
 * reusing space.
 *
 * @param open how many are open
 * @param oldest how long the oldest of them has been open; zero if there is none
 * @param expired how many were closed because of {@link RuntimeConfig#viewLimit}, since the start
 */
public record ViewStatus(int open, Duration oldest, long expired) {}
